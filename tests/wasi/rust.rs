// SPDX-License-Identifier: Apache-2.0
// WASI as a Rust program meets it: through std, which makes other calls than C's library, and a few of its own for what std
// does not have.
use std::collections::hash_map::RandomState;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    fn path_symlink(target: *const u8, target_len: usize, fd: u32, path: *const u8, len: usize) -> u16;
    fn fd_advise(fd: u32, offset: u64, size: u64, advice: u8) -> u16;
    fn fd_allocate(fd: u32, offset: u64, size: u64) -> u16;
    fn clock_res_get(clock: u32, out: *mut u64) -> u16;
}
const ROOT: u32 = 3;

fn symlink(target: &str, path: &str) -> u16 {
    unsafe { path_symlink(target.as_ptr(), target.len(), ROOT, path.as_ptr(), path.len()) }
}

fn kind<T: std::fmt::Debug>(result: io::Result<T>) -> ErrorKind {
    result.expect_err("this must fail").kind()
}

fn arguments_and_environment() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    assert_eq!(arguments, ["one", "zwei \u{fc}"]);
    assert_eq!(std::env::var("KEY").unwrap(), "value");
    assert!(std::env::var("HOME").is_err());
}

fn clocks_and_random_numbers() {
    let begin = Instant::now();
    std::thread::sleep(Duration::from_millis(15));
    std::thread::yield_now();
    assert!(begin.elapsed() >= Duration::from_millis(15) && begin.elapsed() < Duration::from_secs(30));
    assert!(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() > 1_600_000_000);
    let mut resolution = 0;
    assert_eq!(unsafe { clock_res_get(1, &mut resolution) }, 0);
    assert_eq!(unsafe { clock_res_get(9, &mut resolution) }, 28);
    let numbers: Vec<u64> = (0..2).map(|_| RandomState::new().build_hasher().finish()).collect();
    assert_ne!(numbers[0], numbers[1]);
}

fn files() -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).create_new(true).open("/data/file")?;
    file.write_all(b"hello world")?;
    assert_eq!(file.seek(SeekFrom::Current(-5))?, 6);
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    assert_eq!(text, "world");
    file.set_len(5)?;
    file.sync_all()?;
    file.sync_data()?;
    assert_eq!(file.metadata()?.len(), 5);
    assert_eq!(kind(file.seek(SeekFrom::End(-6))), ErrorKind::InvalidInput);
    drop(file);
    assert_eq!(fs::read_to_string("/data/file")?, "hello");
    OpenOptions::new().append(true).open("/data/file")?.write_all(b"!")?;
    assert_eq!(fs::read("/data/file")?, b"hello!");
    assert_eq!(kind(OpenOptions::new().write(true).create_new(true).open("/data/file")), ErrorKind::AlreadyExists);
    assert_eq!(kind(File::open("/data/none")), ErrorKind::NotFound);
    assert!(File::open("/data/file")?.write(b"x").is_err());
    Ok(())
}

fn descriptors() -> io::Result<()> {
    use std::os::wasi::io::AsRawFd;
    let file = File::create("/data/allocated")?;
    let fd = file.as_raw_fd() as u32;
    assert_eq!(unsafe { fd_allocate(fd, 0, 64) }, 0);
    assert_eq!(file.metadata()?.len(), 64);
    assert_eq!(unsafe { fd_advise(fd, 0, 64, 1) }, 0);
    assert_eq!(unsafe { (fd_allocate(77, 0, 1), fd_advise(fd, 0, 0, 9)) }, (8, 28));
    Ok(())
}

fn directories() -> io::Result<()> {
    fs::create_dir_all("/data/a/b/c")?;
    assert_eq!(kind(fs::create_dir("/data/a")), ErrorKind::AlreadyExists);
    fs::copy("/data/file", "/data/a/copy")?;
    fs::hard_link("/data/file", "/data/a/hard")?;
    fs::rename("/data/a/copy", "/data/a/b/moved")?;
    let mut names: Vec<_> = fs::read_dir("/data/a")?.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["b", "hard"]);
    assert_eq!(symlink("a/hard", "soft"), 0);
    assert_eq!(fs::read_link("/data/soft")?, Path::new("a/hard"));
    assert!(fs::symlink_metadata("/data/soft")?.file_type().is_symlink() && fs::metadata("/data/soft")?.is_file());
    assert_eq!(fs::read("/data/soft")?, b"hello!");
    assert_eq!(kind(fs::read_link("/data/file")), ErrorKind::InvalidInput);
    assert!(fs::remove_dir("/data/a").is_err());
    assert!(fs::remove_file("/data/a/b").is_err());
    fs::remove_file("/data/soft")?;
    fs::remove_dir_all("/data/a")?;
    assert_eq!(kind(fs::read_dir("/data/a")), ErrorKind::NotFound);
    Ok(())
}

/// Nothing outside can be reached: names that have no directory at all, and ways out of the one there is.
fn ways_out() {
    for path in ["/etc/passwd", "etc/passwd", "/data/../outside/secret", "/data/a/../../outside/secret", "/data/link/secret"] {
        if path.contains("link") {
            assert_eq!(symlink("../outside", "link"), 0);
            assert_eq!(symlink("/etc", "absolute"), 63);
        }
        assert!(File::open(path).is_err(), "{path}");
        assert!(fs::write(path, "x").is_err(), "{path}");
        assert!(fs::metadata(path).is_err(), "{path}");
        assert!(fs::remove_file(path).is_err(), "{path}");
        assert!(fs::rename("/data/file", path).is_err(), "{path}");
    }
}

fn main() -> io::Result<()> {
    arguments_and_environment();
    clocks_and_random_numbers();
    files()?;
    descriptors()?;
    directories()?;
    ways_out();
    println!("ok");
    std::process::exit(0);
}
