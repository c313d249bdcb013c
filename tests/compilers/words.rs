// SPDX-License-Identifier: Apache-2.0
// Rust with its standard library: collections, traits behind pointers, closures, iterators, formatted output.
use std::collections::{BTreeMap, HashMap};
use std::fmt;

trait Shape {
    fn area(&self) -> f64;
}
struct Square(f64);
struct Circle(f64);
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        std::f64::consts::PI * self.0 * self.0
    }
}

#[derive(Debug)]
enum Failure {
    Empty,
    Number(std::num::ParseIntError),
}
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Failure::Empty => write!(f, "nothing there"),
            Failure::Number(error) => write!(f, "no number: {}", error),
        }
    }
}

fn parse(text: &str) -> Result<i64, Failure> {
    if text.is_empty() {
        return Err(Failure::Empty);
    }
    text.parse().map_err(Failure::Number)
}

fn main() {
    let text = "one two three two three three";
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for word in text.split(' ') {
        *counts.entry(word).or_insert(0) += 1;
    }
    let sorted: BTreeMap<_, _> = counts.into_iter().collect();
    println!("{:?}", sorted);
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(1.5)), Box::new(Circle(2.0))];
    println!("{:.4}", shapes.iter().map(|shape| shape.area()).sum::<f64>());
    for text in ["12345678901", "", "x1"] {
        match parse(text) {
            Ok(number) => println!("{}", number * 3),
            Err(failure) => println!("{}", failure),
        }
    }
    let primes: Vec<u64> = (2..60).filter(|n| (2..*n).all(|d| n % d != 0)).collect();
    println!("{}", primes.iter().fold(0u64, |hash, p| hash.wrapping_mul(0x100000001b3) ^ p));
}
