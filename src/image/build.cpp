// SPDX-License-Identifier: Apache-2.0
// The stream: sections and bodies as they come.
#include "image/build.hpp"

#include <algorithm>

#include "wasm/decoder.hpp"

namespace mote::image {

using wasm::SectionId;

namespace {

constexpr uint32_t kPreamble = 8;  ///< magic and version
constexpr uint8_t kName[] = {'n', 'a', 'm', 'e'};

}  // namespace

bool Builder::feed(std::span<const uint8_t> bytes) {
  if (error_) return false;
  header_.module_hash = fnv1a(bytes, header_.module_hash);
  while (!bytes.empty() && !error_) step(bytes);
  return !error_;
}

bool Builder::fail(ErrorCode code, const char* message, uint32_t detail) {
  if (error_) return false;
  error_ = {code, message};
  error_.offset = stream_;
  error_.detail = detail;
  return false;
}

/// Takes up to `most` bytes of what has come; how many.
uint32_t Builder::take(std::span<const uint8_t>& bytes, uint32_t most) {
  const auto size = static_cast<uint32_t>(std::min<size_t>(bytes.size(), most));
  bytes = bytes.subspan(size);
  stream_ += size;
  return size;
}

void Builder::step(std::span<const uint8_t>& bytes) {
  switch (state_) {
    case State::Preamble:
      return preamble(bytes);
    case State::Id:
      scratch_[0] = bytes[0];
      scratch_bytes_ = 1;
      take(bytes, 1);
      state_ = State::Size;
      return;
    case State::Size:
      if (leb(bytes)) section();
      return;
    case State::Keep:
    case State::Names:
      return keep(bytes);
    case State::Skip:
      left_ -= take(bytes, left_);
      if (left_ == 0) end_section();
      return;
    case State::CustomSize:
      return custom_size(bytes);
    case State::Custom:
      return custom(bytes);
    case State::CodeCount:
      if (leb(bytes)) begin_bodies();
      return;
    case State::BodySize:
      if (!leb(bytes)) return;
      left_ = value_;
      body_bytes_ = 0;
      if (stream_ > section_end_ || left_ > section_end_ - stream_) {
        fail(ErrorCode::Malformed, "unexpected end: a body is longer than the code section");
      } else if (left_ == 0) {
        fail(ErrorCode::Malformed, "a function body has no bytes");
      }
      state_ = State::Body;
      return;
    case State::Body:
      return body(bytes);
  }
}

/// A number of up to 5 bytes; true when it is complete.
bool Builder::leb(std::span<const uint8_t>& bytes) {
  const uint8_t byte = bytes[0];
  take(bytes, 1);
  if (state_ == State::Size) scratch_[scratch_bytes_++] = byte;
  value_ |= static_cast<uint32_t>(byte & 0x7f) << shift_;
  shift_ = static_cast<uint8_t>(shift_ + 7);
  const bool last = (byte & 0x80) == 0;
  if (shift_ == 35 && (!last || byte > 15)) return fail(ErrorCode::Malformed, "integer too large");
  if (last) shift_ = 0;
  return last;
}

void Builder::preamble(std::span<const uint8_t>& bytes) {
  const uint8_t* at = bytes.data();
  const uint32_t size = take(bytes, kPreamble - stream_);
  write(at, size);
  if (stream_ == kPreamble) state_ = State::Id;
}

/// A section's id and size are there. What comes before the code is checked when it is decoded.
void Builder::section() {
  const uint8_t id = scratch_[0];
  left_ = value_;
  value_ = 0;
  if (left_ > 0xffff'ffff - stream_) {
    fail(ErrorCode::Malformed, "length out of bounds");
  } else if (id == static_cast<uint8_t>(SectionId::Custom)) {
    if (left_ == 0) fail(ErrorCode::Malformed, "unexpected end: a custom section without a name");
    state_ = State::CustomSize;
  } else if (id == static_cast<uint8_t>(SectionId::Code) && stage_ < kCode) {
    section_end_ = stream_ + left_;
    state_ = State::CodeCount;
    begin_code();
    stage_ = kCode;
  } else if (id == static_cast<uint8_t>(SectionId::Data) && stage_ < kData) {
    if (!decoded_) begin_code();
    stage_ = kData;
    align();
    header_.parts[kDataPart] = {position_, left_};
    data_stream_ = stream_;
    state_ = State::Keep;
  } else if (stage_ == kPrefix) {
    write(scratch_, scratch_bytes_);
    state_ = State::Keep;
  } else {
    fail(ErrorCode::Malformed, "unexpected content after last section: section out of order or twice", id);
  }
  if (left_ == 0 && state_ == State::Keep) end_section();
}

/// Bytes that go into the image as they are.
void Builder::keep(std::span<const uint8_t>& bytes) {
  const uint8_t* at = bytes.data();
  const uint32_t size = take(bytes, left_);
  write(at, size);
  left_ -= size;
  if (left_ == 0) end_section();
}

/// How long a custom section's name is.
void Builder::custom_size(std::span<const uint8_t>& bytes) {
  const bool done = leb(bytes);
  --left_;
  if (!done) {
    if (left_ == 0) fail(ErrorCode::Malformed, "unexpected end: a custom section without a name");
    return;
  }
  name_left_ = value_;
  value_ = 0;
  if (name_left_ > left_) fail(ErrorCode::Malformed, "unexpected end: a name is longer than its section");
  is_name_ = name_left_ == sizeof kName;
  scratch_bytes_ = 0;
  state_ = State::Custom;
  if (name_left_ == 0) end_name();
}

/// The name, checked character by character (core spec, 5.2.4).
void Builder::custom(std::span<const uint8_t>& bytes) {
  const uint8_t byte = bytes[0];
  take(bytes, 1);
  --left_;
  is_name_ = is_name_ && byte == kName[sizeof kName - name_left_];
  --name_left_;
  scratch_[scratch_bytes_++] = byte;
  const uint8_t lead = scratch_[0];
  const uint8_t wanted = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (scratch_bytes_ == wanted || name_left_ == 0) {
    if (!wasm::is_utf8({reinterpret_cast<const char*>(scratch_), scratch_bytes_}))
      fail(ErrorCode::Malformed, "malformed UTF-8 encoding");
    scratch_bytes_ = 0;
  }
  if (name_left_ == 0) end_name();
}

/// Only the name section is kept, if it is asked for and comes where the standard wants it: behind the data.
void Builder::end_name() {
  state_ = State::Skip;
  if (is_name_ && options_.names && stage_ >= kCode && header_.parts[kNamesPart].at == 0 && left_ > 0) {
    align();
    header_.parts[kNamesPart] = {position_, left_};
    state_ = State::Names;
  }
  if (left_ == 0) end_section();
}

void Builder::end_section() {
  state_ = State::Id;
}

void Builder::begin_bodies() {
  bodies_ = value_;
  value_ = 0;
  if (stream_ > section_end_) {
    fail(ErrorCode::Malformed, "unexpected end: the code section has no bytes");
  } else if (bodies_ != loaded_.wasm.defined_functions()) {
    fail(ErrorCode::Malformed, "function and code section have inconsistent lengths", bodies_);
  }
  state_ = State::BodySize;
  if (bodies_ > 0) return;
  if (stream_ != section_end_) fail(ErrorCode::Malformed, "section size mismatch");
  end_section();
}

/// A body that is there as a whole is compiled where it is; one that comes in pieces is collected.
void Builder::body(std::span<const uint8_t>& bytes) {
  value_ = 0;
  const uint8_t* at = bytes.data();
  const uint32_t wanted = left_ - body_bytes_;
  if (body_bytes_ == 0 && bytes.size() >= wanted) {
    take(bytes, wanted);
    compile(at, left_);
  } else {
    if (body_ == nullptr) body_ = static_cast<uint8_t*>(pool_.allocate_high(left_));
    if (body_ == nullptr) {
      fail(ErrorCode::OutOfMemory, "no memory for a function's body", static_cast<uint32_t>(pool_.missing()));
      return;
    }
    const uint32_t size = take(bytes, wanted);
    std::copy(at, at + size, body_ + body_bytes_);
    body_bytes_ += size;
    if (body_bytes_ < left_) return;
    compile(body_, left_);
    pool_.free(body_);
    body_ = nullptr;
  }
  if (error_) return;
  state_ = State::BodySize;
  if (functions_ < bodies_) return;
  if (stream_ != section_end_)
    fail(ErrorCode::Malformed, "section size mismatch: bytes are left in the section");
  if (!compiler_->leaves()) write_code();
  end_section();
}

bool Builder::finish() {
  if (error_) return false;
  if (state_ != State::Id) {
    fail(ErrorCode::Malformed, stream_ == 0 ? "unexpected end: the module has no bytes"
                                            : "unexpected end: the module is not complete");
  } else if (decoded_ || begin_code()) {
    if (functions_ != loaded_.wasm.defined_functions())
      fail(ErrorCode::Malformed, "function and code section have inconsistent lengths");
    if (loaded_.wasm.has_data_count && loaded_.wasm.data.count > 0 && header_.parts[kDataPart].at == 0)
      fail(ErrorCode::Malformed, "data count and data section have inconsistent lengths");
  }
  if (!error_ && check_kept() && read_data() && write_reserved()) {
    write_tables();
    write_map();
  }
  if (!error_) write_header();
  return !error_;
}

}  // namespace mote::image
