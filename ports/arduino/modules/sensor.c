// SPDX-License-Identifier: Apache-2.0
// An app that decides when a reading is worth reporting: when the smoothed value passes a multiple of 4. Its
// state travels through the call, so it needs no linear memory.
__attribute__((import_module("env"), import_name("report"))) void report(int value);

// `smooth` and the result: 8 times the smoothed value.
__attribute__((export_name("reading"))) int reading(int smooth, int value) {
  const int next = smooth - smooth / 8 + value;
  if (next / 32 != smooth / 32) report(next / 8);
  return next;
}
