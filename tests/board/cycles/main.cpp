// SPDX-License-Identifier: Apache-2.0
extern "C" void timed();

int main() {
  timed();
}
