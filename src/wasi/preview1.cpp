// SPDX-License-Identifier: Apache-2.0
#include <mote/wasi.hpp>

#include "wasi/process.hpp"

namespace mote::wasi {

Preview1::Preview1() : process_(std::make_unique<Process>()) {}
Preview1::~Preview1() = default;
Preview1::Preview1(Preview1&&) noexcept = default;
Preview1& Preview1::operator=(Preview1&&) noexcept = default;

void Preview1::add_argument(std::string text) {
  process_->arguments.push_back(std::move(text));
}

void Preview1::set_variable(const std::string& name, const std::string& value) {
  const std::string prefix = name + '=';
  std::erase_if(process_->environment, [&](const std::string& old) { return old.starts_with(prefix); });
  process_->environment.push_back(prefix + value);
}

bool Preview1::open_directory(const std::string& host, const std::string& guest) {
  return process_->preopen(host, guest);
}

uint32_t Preview1::add_socket(int fd) {
  return process_->add_socket(fd);
}

std::optional<uint32_t> Preview1::exit_code() const {
  return process_->exit_code;
}

void* Preview1::data() const {
  return process_.get();
}

}  // namespace mote::wasi
