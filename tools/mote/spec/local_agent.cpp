// SPDX-License-Identifier: Apache-2.0
#include "local_agent.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "agent/agent.hpp"
#include "link.hpp"
#include "via_image.hpp"

namespace mote::spec {

namespace {

/// An agent of this process and its memory, which costs only what is touched.
class LocalAgent {
 public:
  explicit LocalAgent(const LocalAgentOptions& options)
      : options_(options), pool_(options.pool_bytes), store_(options.store_bytes) {}

  bool start(std::string& problem) {
    if (!pool_.map(problem) || !store_.map(problem)) return false;
    agent_ =
        std::make_unique<Agent>(AgentMemory{.pool = {static_cast<std::byte*>(pool_.address), pool_.size},
                                            .store = {static_cast<uint8_t*>(store_.address), store_.size},
                                            .stack_bytes = options_.stack_bytes,
                                            .load = options_.load,
                                            .load_module = !options_.via_image ? nullptr
                                                           : options_.baseline ? load_via_baseline_image
                                                                               : load_via_image,
                                            .collect_always = options_.collect_always});
    return true;
  }
  void stop() { agent_.reset(); }
  std::string_view answer(std::string_view line) { return agent_->answer(line); }
  Agent& agent() const { return *agent_; }
  const LocalAgentOptions& options() const { return options_; }
  bool running() const { return agent_ != nullptr; }

 private:
  LocalAgentOptions options_;
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
  explicit LocalLink(const LocalAgentOptions& options) : agent_(options) {}

  bool open(std::string& problem) override { return agent_.start(problem); }
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
  std::unique_ptr<Link> another() const override { return make_local_link(agent_.options()); }
  bool lend(uint32_t instance, Link& to, uint32_t& as) const override {
    auto& other = static_cast<LocalLink&>(to);  // another() made it
    return other.agent_.agent().session().adopt(agent_.agent().session(), instance, as);
  }

 private:
  LocalAgent agent_;
  std::string_view answer_;
};

}  // namespace

std::unique_ptr<Link> make_local_link(const LocalAgentOptions& options) {
  return std::make_unique<LocalLink>(options);
}

bool serve_stdio(const LocalAgentOptions& options) {
  std::string problem;
  LocalAgent agent(options);
  if (!agent.start(problem)) {
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
