// SPDX-License-Identifier: Apache-2.0
// What the devicetree has, as the table that apps ask by label.
#include <mote/zephyr_devices.hpp>

#include "specs.hpp"

namespace mote::zephyr {

using devices::Device;
using devices::DeviceKind;

namespace {

// clang-format off: rows that are there or not, as the devicetree has it
#define MOTE_LOW(alias) ((DT_GPIO_FLAGS(DT_ALIAS(alias), gpios) & GPIO_ACTIVE_LOW) != 0)
#define MOTE_PIN(alias, label, kind, number)            \
  IF_ENABLED(DT_NODE_HAS_STATUS(DT_ALIAS(alias), okay), \
             ({label, DeviceKind::kind, number, MOTE_LOW(alias)}, ))
#define MOTE_NODE(node, label, kind, number) \
  IF_ENABLED(DT_NODE_HAS_STATUS(node, okay), ({label, DeviceKind::kind, number}, ))
#define MOTE_CHANNEL(index) \
  IF_ENABLED(DT_PROP_HAS_IDX(MOTE_USER, io_channels, index), ({"adc" #index, DeviceKind::AnalogIn, index}, ))

// The last row is no device: there is always one.
constexpr Device kDevices[] = {
    MOTE_PIN(led0, "led0", DigitalOut, kFirstLed) MOTE_PIN(led1, "led1", DigitalOut, kFirstLed + 1)
        MOTE_PIN(led2, "led2", DigitalOut, kFirstLed + 2) MOTE_PIN(led3, "led3", DigitalOut, kFirstLed + 3)
            MOTE_PIN(sw0, "button0", DigitalIn, kFirstButton)
                MOTE_PIN(sw1, "button1", DigitalIn, kFirstButton + 1)
                    MOTE_PIN(sw2, "button2", DigitalIn, kFirstButton + 2)
                        MOTE_PIN(sw3, "button3", DigitalIn, kFirstButton + 3)
#ifdef CONFIG_ADC
                            MOTE_CHANNEL(0) MOTE_CHANNEL(1) MOTE_CHANNEL(2) MOTE_CHANNEL(3)
#endif
#ifdef CONFIG_PWM
                                MOTE_NODE(DT_ALIAS(pwm_led0), "pwm0", AnalogOut, 0)
                                    MOTE_NODE(DT_ALIAS(pwm_led1), "pwm1", AnalogOut, 1)
                                        MOTE_NODE(DT_ALIAS(pwm_led2), "pwm2", AnalogOut, 2)
                                            MOTE_NODE(DT_ALIAS(pwm_led3), "pwm3", AnalogOut, 3)
#endif
#ifdef CONFIG_I2C
                                                MOTE_NODE(DT_NODELABEL(i2c0), "i2c0", I2c, 0)
                                                    MOTE_NODE(DT_NODELABEL(i2c1), "i2c1", I2c, 1)
#endif
#ifdef CONFIG_SPI
                                                        MOTE_NODE(DT_NODELABEL(spi0), "spi0", Spi, 0)
                                                            MOTE_NODE(DT_NODELABEL(spi1), "spi1", Spi, 1)
#endif
                                                                {},
};
// clang-format on

}  // namespace

std::span<const Device> devices() {
  return std::span(kDevices).first(sizeof kDevices / sizeof kDevices[0] - 1);
}

}  // namespace mote::zephyr
