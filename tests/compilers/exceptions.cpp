// SPDX-License-Identifier: Apache-2.0
// C++ with exceptions: thrown through frames with destructors, caught by type and by base, thrown again.
extern "C" int puts(const char*);
extern "C" int printf(const char*, ...);

namespace {

struct Error {
  explicit Error(int c) : code(c) {}
  int code;
};
struct Overflow : Error {
  using Error::Error;
};

int g_alive = 0;
struct Guard {
  Guard() { ++g_alive; }
  ~Guard() { --g_alive; }
};

[[gnu::noinline]] int checked(int value) {
  Guard guard;
  if (value == 3) throw Overflow(value * 10);
  if (value == 5) throw Error(value);
  if (value == 7) throw "text";
  if (value == 9) throw 1.5;
  return value;
}

[[gnu::noinline]] int twice(int value) {
  Guard guard;
  try {
    return checked(value) + checked(value);
  } catch (const Overflow& error) {
    printf("overflow %d, %d alive\n", error.code, g_alive);
    if (value == 3) throw;
    return -1;
  }
}

const char* outcome(int value) {
  try {
    printf("%d -> %d\n", value, twice(value));
    return "value";
  } catch (const Error& error) {
    printf("error %d\n", error.code);
    return "error";
  } catch (const char* text) {
    printf("thrown %s\n", text);
    return "text";
  } catch (...) {
    return "other";
  }
}

}  // namespace

int main() {
  for (int value = 1; value <= 9; value += 2) puts(outcome(value));
  printf("%d alive\n", g_alive);
  return 0;
}
