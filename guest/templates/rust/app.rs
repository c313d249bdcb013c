// Blinks led0. What an app may ask of its board is in mote_app.rs.
#![no_std]

mod mote_app;
use mote_app::{console_write, sleep_ms, DigitalFlags, DigitalOutPin, Error};

fn blink() -> Result<(), Error> {
    let led = DigitalOutPin::open("led0", DigitalFlags(0))?;
    for _ in 0..5 {
        led.toggle()?;
        sleep_ms(250);
    }
    Ok(())
}

#[export_name = "run"]
pub extern "C" fn run() -> i32 {
    match blink() {
        Ok(()) => 0,
        Err(error) => {
            console_write("there is no led0\n");
            error.0
        }
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
