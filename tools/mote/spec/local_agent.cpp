// SPDX-License-Identifier: Apache-2.0
#include "local_agent.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "agent/agent.hpp"
#include "link.hpp"

namespace mote::spec {

namespace {

/// An agent of this process and its memory, which costs only what is touched.
class LocalAgent {
 public:
  LocalAgent(size_t pool_bytes, size_t store_bytes) : pool_(pool_bytes), store_(store_bytes) {}

  bool start(unsigned stack_bytes, std::string& problem) {
    if (!pool_.map(problem) || !store_.map(problem)) return false;
    agent_ =
        std::make_unique<Agent>(AgentMemory{.pool = {static_cast<std::byte*>(pool_.address), pool_.size},
                                            .store = {static_cast<uint8_t*>(store_.address), store_.size},
                                            .stack_bytes = stack_bytes});
    return true;
  }
  void stop() { agent_.reset(); }
  std::string_view answer(std::string_view line) { return agent_->answer(line); }
  bool running() const { return agent_ != nullptr; }

 private:
  struct Pages {
    explicit Pages(size_t bytes) : size(bytes) {}
    ~Pages() {
      if (address != nullptr) ::munmap(address, size);
    }
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;

    bool map(std::string& problem) {
      if (address != nullptr) return true;
      void* mapped =
          ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (mapped == MAP_FAILED) {
        problem = "cannot get " + std::to_string(size) + " bytes of memory: " + std::strerror(errno);
        return false;
      }
      address = mapped;
      return true;
    }

    size_t size;
    void* address = nullptr;
  };

  Pages pool_, store_;
  std::unique_ptr<Agent> agent_;
};

class LocalLink final : public Link {
 public:
  LocalLink(size_t pool_bytes, size_t store_bytes, unsigned stack_bytes)
      : agent_(pool_bytes, store_bytes), stack_bytes_(stack_bytes) {}

  bool open(std::string& problem) override { return agent_.start(stack_bytes_, problem); }
  void close() override { agent_.stop(); }
  bool send(std::string_view line) override {
    if (!agent_.running()) return false;
    answer_ = agent_.answer(line);
    return true;
  }
  bool receive(std::string& line, int) override {
    if (answer_.empty()) return false;
    line = answer_;
    answer_ = {};
    return true;
  }

 private:
  LocalAgent agent_;
  unsigned stack_bytes_;
  std::string_view answer_;
};

}  // namespace

std::unique_ptr<Link> make_local_link(size_t pool_bytes, size_t store_bytes, unsigned stack_bytes) {
  return std::make_unique<LocalLink>(pool_bytes, store_bytes, stack_bytes);
}

bool serve_stdio(size_t pool_bytes, size_t store_bytes, unsigned stack_bytes) {
  std::string problem;
  LocalAgent agent(pool_bytes, store_bytes);
  if (!agent.start(stack_bytes, problem)) {
    std::fprintf(stderr, "mote spec-agent: %s\n", problem.c_str());
    return false;
  }
  char line[kLineBytes + 3];  // "\r\n" and a NUL
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    const std::string_view answer = agent.answer(line);
    if (std::fwrite(answer.data(), 1, answer.size(), stdout) != answer.size() || std::fflush(stdout) != 0)
      break;
  }
  return true;
}

}  // namespace mote::spec
