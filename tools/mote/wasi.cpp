// SPDX-License-Identifier: Apache-2.0
#include "wasi.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "errors.hpp"

namespace mote::tool {

namespace {

constexpr std::string_view kModule = "wasi_snapshot_preview1";

/// A listening socket; -1 and `why` otherwise.
int listen_at(const std::string& address, std::string& why) {
  const size_t colon = address.rfind(':');
  if (colon == address.npos) return why = "write ADDRESS:PORT", -1;
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  const int error =
      getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &hints, &found);
  if (error != 0) return why = gai_strerror(error), -1;
  const int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
  const int yes = 1;
  const bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                  bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
  if (!ok) why = std::strerror(errno);
  freeaddrinfo(found);
  if (!ok && fd >= 0) close(fd);
  return ok ? fd : -1;
}

std::string variable(const std::string& given) {
  if (given.find('=') != given.npos) return given;
  const char* value = std::getenv(given.c_str());
  return given + '=' + (value != nullptr ? value : "");
}

}  // namespace

bool wants_wasi(const Module& module) {
  bool wanted = false;
  module.imports([&](const ImportInfo& import) { wanted |= import.module == kModule; });
  return wanted;
}

Wasi::Wasi(Engine& engine, bool trace) : engine_(engine) {
  if (trace) {
    tracer_ = std::make_unique<Tracer>(engine, wasi::functions(), &process_);
    return;
  }
  for (const HostFunction& row : wasi::functions()) {
    if (const auto made = engine.new_function(row, &process_))
      externs_.push_back({row.module, row.name, *made});
  }
}

Wasi::~Wasi() {
  for (const NamedExtern& item : externs_) engine_.release(item.item);
  if (output_ >= 0) close(output_);
}

bool Wasi::give(const std::string& file, const std::vector<std::string>& arguments,
                const WasiOptions& options) {
  process_.arguments = {std::filesystem::path(file).filename().string()};
  for (const std::string& argument : arguments)
    process_.arguments.push_back(argument.substr(argument.starts_with(" -") ? 1 : 0));
  for (const std::string& given : options.environment) process_.environment.push_back(variable(given));
  for (const std::string& directory : options.directories) {
    const size_t colons = directory.find("::");
    const std::string host = directory.substr(0, colons);
    if (process_.preopen(host, colons == directory.npos ? host : directory.substr(colons + 2))) continue;
    complain("--dir " + host + ": " + std::strerror(errno));
    return false;
  }
  for (const std::string& address : options.listeners) {
    std::string why;
    const int fd = listen_at(address, why);
    if (fd < 0) return complain("--tcplisten " + address + ": " + why), false;
    process_.add_socket(fd);
  }
  return true;
}

bool Wasi::capture() {
  output_ = memfd_create("stdout", MFD_CLOEXEC);
  wasi::Errno error;
  wasi::Descriptor* out = process_.find(STDOUT_FILENO, 0, error);
  if (output_ < 0 || out == nullptr) return false;
  out->file = wasi::File(dup(output_));
  return true;
}

void Wasi::finish(std::string& captured) {
  char chunk[4096];
  ssize_t size;
  for (off_t at = 0; output_ >= 0 && (size = pread(output_, chunk, sizeof chunk, at)) > 0; at += size)
    captured.append(chunk, static_cast<size_t>(size));
}

}  // namespace mote::tool
