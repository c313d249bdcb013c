// SPDX-License-Identifier: Apache-2.0
// Several functions for native code to call, and a counter that lives in the module's memory.
#define EXPORT(name) __attribute__((export_name(name)))

static int calls;

EXPORT("add") int add(int a, int b) {
  ++calls;
  return a + b;
}
EXPORT("mean") float mean(float a, float b) {
  ++calls;
  return (a + b) / 2;
}
EXPORT("scale") long long scale(long long value, int factor) {
  ++calls;
  return value * factor;
}
EXPORT("calls") int how_many(void) {
  return calls;
}
EXPORT("divide") int divide(int a, int b) {
  return a / b;
}
