// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "link.hpp"

extern char** environ;

namespace mote::spec {

namespace {

using Clock = std::chrono::steady_clock;

struct Baud {
  unsigned rate;
  speed_t code;
};
constexpr Baud kBauds[] = {{9600, B9600},     {19200, B19200},   {38400, B38400},
                           {57600, B57600},   {115200, B115200}, {230400, B230400},
                           {460800, B460800}, {921600, B921600}, {1000000, B1000000}};

/// Lines over a pair of file descriptors.
class StreamLink : public Link {
 public:
  ~StreamLink() override { close_files(); }

  bool send(std::string_view line) override {
    std::string text(line);
    text += '\n';
    std::string_view left = text;
    while (!left.empty()) {
      const ssize_t written = ::write(output_, left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      left.remove_prefix(static_cast<size_t>(written));
    }
    return true;
  }

  bool receive(std::string& line, int timeout_ms) override {
    const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
    for (;;) {
      const size_t newline = pending_.find('\n');
      if (newline != std::string::npos) {
        line = pending_.substr(0, newline);
        pending_.erase(0, newline + 1);
        return true;
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
      if (left <= 0 || !read_some(static_cast<int>(left))) return false;
    }
  }

 protected:
  void close_files() {
    if (input_ >= 0) ::close(input_);
    if (output_ >= 0 && output_ != input_) ::close(output_);
    input_ = output_ = -1;
    pending_.clear();
  }

  int input_ = -1, output_ = -1;

 private:
  bool read_some(int timeout_ms) {
    pollfd wait{input_, POLLIN, 0};
    const int ready = ::poll(&wait, 1, timeout_ms);
    if (ready < 0 && errno == EINTR) return true;
    if (ready <= 0) return false;
    char bytes[4096];
    const ssize_t count = ::read(input_, bytes, sizeof bytes);
    if (count <= 0) return count < 0 && errno == EINTR;
    pending_.append(bytes, static_cast<size_t>(count));
    return true;
  }

  std::string pending_;
};

class ProcessLink final : public StreamLink {
 public:
  explicit ProcessLink(std::string command) : command_(std::move(command)) { ::signal(SIGPIPE, SIG_IGN); }
  ~ProcessLink() override { ProcessLink::close(); }

  bool open(std::string& problem) override {
    close();
    int to[2], from[2];
    if (::pipe2(to, O_CLOEXEC) != 0) return report(problem, errno);
    if (::pipe2(from, O_CLOEXEC) != 0) {
      const int error = errno;
      ::close(to[0]), ::close(to[1]);
      return report(problem, error);
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP);  // so that close() reaches what the shell started
    posix_spawnattr_setpgroup(&attributes, 0);
    const char* arguments[] = {"sh", "-c", command_.c_str(), nullptr};
    const int error =
        ::posix_spawn(&process_, "/bin/sh", &actions, &attributes, const_cast<char**>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(to[0]), ::close(from[1]);
    output_ = to[1], input_ = from[0];
    if (error == 0) return true;
    process_ = -1;
    return report(problem, error);
  }

  void close() override {
    close_files();  // end of input: a well-behaved agent ends by itself
    if (process_ < 0) return;
    for (int i = 0; i < 50; ++i) {
      if (::waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = -1;
        return;
      }
      ::usleep(10'000);
    }
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  bool report(std::string& problem, int error) {
    problem = "cannot run '" + command_ + "': " + std::strerror(error);
    return false;
  }

  std::string command_;
  pid_t process_ = -1;
};

class SerialLink final : public StreamLink {
 public:
  SerialLink(std::string device, unsigned baud) : device_(std::move(device)), baud_(baud) {}

  bool open(std::string& problem) override {
    close();
    const Baud* baud = nullptr;
    for (const Baud& row : kBauds) {
      if (row.rate == baud_) baud = &row;
    }
    if (baud == nullptr) {
      problem = std::to_string(baud_) + " is not a rate that serial lines know; try 115200";
      return false;
    }
    input_ = output_ = ::open(device_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios settings{};
    if (input_ < 0 || ::tcgetattr(input_, &settings) != 0) {
      problem = "cannot open " + device_ + ": " + std::strerror(errno);
      return false;
    }
    ::cfmakeraw(&settings);
    ::cfsetspeed(&settings, baud->code);
    settings.c_cflag |= CLOCAL | CREAD;
    ::tcsetattr(input_, TCSANOW, &settings);
    ::tcflush(input_, TCIOFLUSH);
    return true;
  }

  void close() override { close_files(); }

 private:
  std::string device_;
  unsigned baud_;
};

}  // namespace

std::unique_ptr<Link> make_remote_link(const std::string& target, unsigned baud) {
  struct stat status {};
  if (::stat(target.c_str(), &status) == 0 && S_ISCHR(status.st_mode)) {
    return std::make_unique<SerialLink>(target, baud);
  }
  return std::make_unique<ProcessLink>(target);
}

}  // namespace mote::spec
