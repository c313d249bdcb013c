# SPDX-License-Identifier: Apache-2.0
"""`mote run --device sim`: the app API of guest/mote-app.wit on the simulated board, driven by scripts; and that the host's table, the
headers and the declaration agree."""

import re
import subprocess
import unittest
from pathlib import Path

import harness
from harness import SUCCESS, TRAP, USAGE, REFUSED, ToolTest

ROOT = Path(__file__).resolve().parents[2]


class DeviceTest(ToolTest):
    def compile(self, source, name="app.wasm", language="c", export=()):
        """A guest in C99 or C++17, freestanding, all warnings on."""
        path = self.folder / f"guest.{language}"
        path.write_text(source if isinstance(source, str) else source.read_text())
        standard = ["clang", "-std=c99"] if language == "c" else ["clang++", "-std=c++17", "-fno-exceptions", "-fno-rtti"]
        subprocess.run([*standard, "--target=wasm32", "-Oz", "-nostdlib", "-ffreestanding", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
                        f"-I{ROOT}/guest/include", "-c", path, "-o", path.with_suffix(".o")], check=True)
        subprocess.run(["wasm-ld", "--no-entry", "-z", "stack-size=1024", *(f"--export={e}" for e in export), path.with_suffix(".o"), "-o", self.folder / name],
                       check=True)
        return name

    def example(self, name):
        return self.compile(ROOT / f"examples/{name}/{name}.c", f"{name}.wasm")


class Examples(DeviceTest):
    def test_blink(self):
        out, _ = self.mote("run", self.example("blink"), "2", "--device", "sim")
        self.assertEqual(out.splitlines(), ["     0.000 ms  led0 inactive", "     0.000 ms  led0 active", "   250.000 ms  led0 inactive",
                                            "   500.000 ms  led0 active", "   750.000 ms  led0 inactive", "4"])

    def test_button(self):
        script = ROOT / "examples/button/script.json"
        out, _ = self.mote("run", self.example("button"), "--device", f"sim={script}")
        self.assertEqual(re.findall(r"(\S+) ms  led0 (\w+)", out),
                         [("0.000", "inactive"), ("130.000", "active"), ("250.000", "inactive"), ("410.500", "active")])
        self.assertEqual(out.splitlines()[-1], "3")
        self.assertEqual(out, self.mote("run", "button.wasm", "--device", f"sim={script}")[0], "every run is the same")

    def test_thermometer(self):
        out, _ = self.mote("run", self.example("thermometer"), "3", "--device", f"sim={ROOT}/examples/thermometer/script.json")
        self.assertEqual([line for line in out.splitlines() if "degrees" in line], ["25 degrees", "31 degrees", "29 degrees"])
        self.assertIn("  1000.000 ms  led0 active\n", out)
        self.assertIn("  2000.000 ms  led0 inactive\n", out)
        out, _ = self.mote("run", "thermometer.wasm", "3", "--device", "sim")  # nobody is on the bus
        self.assertIn("i2c0 0x48 wrote 00 failed: no-acknowledge-address", out)
        self.assertEqual(out.splitlines()[-1], "-12")

    def test_time_ends(self):
        out, _ = self.mote("run", self.example("blink"), "1000000", "--device", "sim", "--until", "600")
        self.assertEqual(out.splitlines()[-1], "   600.000 ms  simulated time is over; more with --until")
        report = self.json("run", "blink.wasm", "1000000", "--device", "sim", "--until", "600")
        self.assertEqual(report["outcome"], "time over")
        self.assertEqual(report["timeline"], [{"device": "led0", "ms": ms, "value": v} for ms, v in ((0, 0), (0, 1), (250, 0), (500, 1))])

    def test_traced(self):
        _, err = self.mote("run", self.example("blink"), "1", "--device", "sim", "--trace")
        self.assertIn("[method]digital-out-pin.set-active", err)


class Guests(DeviceTest):
    def test_cpp(self):
        source = """
#include "mote_app.hpp"
using namespace mote::app;
MOTE_EXPORT("main") int main_() {
  DigitalOutPin led("led0"), none("led9");
  if (none || none.error() != MOTE_UNDEFINED_PIN_LABEL) return 1;
  { DigitalOutPin again("led0"); if (again.error() != MOTE_ALREADY_IN_USE) return 2; }
  DigitalOutPin moved = static_cast<DigitalOutPin&&>(led);
  if (led || led.toggle() != MOTE_INVALID_HANDLE) return 3;
  AnalogInPin adc("adc0");
  float value = -1;
  if (adc.read(&value) != 0 || value != 0) return 4;
  Timer timer;
  return timer.set(1, 0) != 0 ? 5 : moved.toggle();
}
"""
        out, _ = self.mote("run", self.compile(source, language="cpp"), "--device", "sim")
        self.assertEqual(out.splitlines(), ["     0.000 ms  led0 inactive", "     0.001 ms  led0 active", "0"])

    def test_bad_buffers_trap(self):
        """A buffer outside the memory is a trap with a backtrace; text of no length is none."""
        for call, status in (("mote_console_write_n((const char*)0xffffff00, 1000)", TRAP), ("mote_console_write_n((const char*)0xfffffff0, 0)", TRAP),
                             ("mote_gpio_get_digital_in_n((const char*)4096, 0, 0)", SUCCESS), ("mote_gpio_get_digital_in_n((const char*)0x100000, 0, 0)", TRAP),
                             ("mote_i2c_read(1, 1, (void*)0xfffffff0, 100)", TRAP), ("mote_events_wait(0, (struct mote_event*)0xfffffff0)", TRAP),
                             ("mote_spi_device_transfer(0, (void*)16, 0xffffffffu)", TRAP)):
            source = f'#include "mote_app.h"\nMOTE_EXPORT("main") void start(void) {{ {call}; }}\nchar fill[70000];\nMOTE_EXPORT("f") char* f(void) {{ ++fill[0]; return fill; }}\n'
            out, err = self.mote("run", self.compile(source), "--device", "sim", status=status)
            if status == TRAP:
                self.assertIn("out of bounds", err, call)

    def test_all_handles_at_random(self):
        """Every function with every small number as handle: codes, and nothing worse."""
        calls = "".join(f"  sum += {call};\n" for call in (
            "mote_digital_out_pin_set_state(h, (uint32_t)h)", "mote_digital_out_pin_toggle(h)", "mote_digital_in_pin_read(h)",
            "mote_digital_in_pin_watch(h, (uint32_t)h)", "mote_analog_out_pin_set_value(h, 0.5f)", "mote_analog_in_pin_read(h, &value)",
            "mote_i2c_write(h, 1, b, 4)", "mote_spi_device_transfer(h, b, 4)", "mote_timer_set(h, 1, 1)"))
        source = '#include "mote_app.h"\nMOTE_EXPORT("main") int start(void) {\nint sum = 0; float value; char b[4] = {0};\nfor (int32_t h = -300; h < 2000; ++h) {\n' + \
            calls + "mote_timer_drop(h);\n}\nreturn sum; }\n"
        out, _ = self.mote("run", self.compile(source), "--device", "sim")
        self.assertEqual(out.splitlines()[-1], str(-19 * 9 * 2300 - 2298))  # a state above 1 is an invalid argument

    def test_declared_in_every_language(self):
        """Each import of the declaration is in the host's table, and in the headers under the same names and with the same types."""
        table = dict(re.findall(r'bind<(\w+)>\(\s*"([^"]+", "[^"]+)"', (ROOT / "include/mote/devices_api.hpp").read_text()))
        header = (ROOT / "guest/include/mote_app.h").read_text()
        declared = re.findall(r'MOTE_IMPORT\("([^"]+", "[^"]+)"\)\s*(?:\w+ )+(mote_\w+)\(', header)
        self.assertGreater(len(declared), 30)
        self.assertEqual({name for name, _ in declared} - set(re.findall(r'bind<\w+>\(\s*"([^"]+", "[^"]+)"', (ROOT / "include/mote/devices_api.hpp").read_text())), set())
        self.assertGreater(len(table), 30)
        # A module that imports everything links: so the signatures agree too.
        uses = "".join(f"  (void)*(void (*volatile*)(void))&(void (*)(void)){{(void (*)(void)){name}}};\n" for _, name in declared)
        source = '#include "mote_app.h"\nMOTE_EXPORT("main") int start(void) {\n' + uses + "return 7; }\n"
        path = self.folder / "all.c"
        path.write_text(source)
        subprocess.run(["clang", "--target=wasm32", "-O0", "-nostdlib", "-ffreestanding", f"-I{ROOT}/guest/include", "-Wl,--no-entry", path, "-o", self.folder / "all.wasm"],
                       check=True)
        listing = self.json("inspect", "all.wasm")
        self.assertEqual(len(listing["imports"]), len(declared))
        out, _ = self.mote("run", "all.wasm", "--device", "sim")
        self.assertEqual(out, "7\n")


class BadInput(DeviceTest):
    def setUp(self):
        super().setUp()
        self.module = self.wasm("m.wasm", '(module (func (export "main")))')

    def script(self, text, saying):
        self.write("s.json", text)
        self.fails("run", self.module, "--device", "sim=s.json", status=USAGE, saying=["s.json", saying])

    def test_without_devices(self):
        self.wasm("m.wasm", '(module (import "mote:app/clock" "now" (func (result i64))))')
        self.fails("run", "m.wasm", status=REFUSED, saying=["unknown import", "--device sim"])

    def test_options(self):
        for bad in ("simulation", "sim=", ""):
            self.fails("run", self.module, f"--device={bad}", status=USAGE, saying="")
        self.fails("run", self.module, "--device", "sim", "--until", "-1", status=USAGE, saying="--until")

    def test_scripts(self):
        self.fails("run", self.module, "--device", "sim=none.json", status=USAGE, saying=["none.json", "No such file"])
        self.script("{", "not JSON")
        self.script("[]", "the script is no object")
        self.script('{"event": []}', 'did you mean "events"?')
        self.script('{"events": {}}', "no list")
        self.script('{"events": [1]}', 'event 1 has no "at_ms"')
        self.script('{"events": [{"at_ms": 1}]}', 'no "device"')
        self.script('{"events": [{"at_ms": -1, "device": "button0", "do": "press"}]}', "no time")
        self.script('{"events": [{"at_ms": 1e300, "device": "button0", "do": "press"}]}', "no time")
        self.script('{"events": [{"at_ms": 1, "device": "led0", "do": "press"}]}', "there are: button0")
        self.script('{"events": [{"at_ms": 1, "device": "button0", "do": "hit"}]}', "neither press nor release")
        self.script('{"events": [{"at_ms": 1, "device": "button0", "du": "press"}]}', 'did you mean "do"?')
        self.script('{"events": [{"at_ms": 1, "device": "adc0", "value": 5000}]}', "no number from 0 to 4095")
        self.script('{"events": [{"at_ms": 1, "device": "adc0"}]}', "no number")
        self.script('{"events": [{"at_ms": 1, "device": "i2c0", "address": 200, "bytes": []}]}', "no number from 0 to 127")
        self.script('{"i2c": {"i2c0": {"0x80": []}}}', "no number from 0 to 127")
        self.script('{"i2c": {"i2c0": {"72": [256]}}}', "no number from 0 to 255")
        self.script('{"i2c": {"i2c1": {}}}', "there are: i2c0")
        self.script('{"i2c": []}', "no object")
        self.script('{"spi": {"spi0": 1}}', "no list of bytes")
        self.script('{"i2c": {"i2c0": {"72": ' + str([0] * 257) + "}}}", "more than 256")


if __name__ == "__main__":
    harness.main()
