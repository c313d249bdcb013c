// SPDX-License-Identifier: Apache-2.0
// AssemblyScript with its managed memory: classes, generics, maps, strings, and its own garbage collection.
class Task {
  constructor(public name: string, public priority: i32) {}
}

class Heap<T> {
  private items: Array<T> = [];
  constructor(private before: (a: T, b: T) => bool) {}

  push(item: T): void {
    let at = this.items.push(item) - 1;
    while (at > 0 && this.before(this.items[at], this.items[(at - 1) >> 1])) {
      this.swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }
  pop(): T {
    const first = this.items[0];
    const last = this.items.pop();
    if (this.items.length > 0) {
      this.items[0] = last;
      let at = 0;
      for (;;) {
        let least = at;
        for (let child = 2 * at + 1; child <= 2 * at + 2; ++child) {
          if (child < this.items.length && this.before(this.items[child], this.items[least])) least = child;
        }
        if (least == at) break;
        this.swap(at, least);
        at = least;
      }
    }
    return first;
  }
  get length(): i32 {
    return this.items.length;
  }
  private swap(a: i32, b: i32): void {
    const item = this.items[a];
    this.items[a] = this.items[b];
    this.items[b] = item;
  }
}

/// A hash of what comes out of a queue of so many tasks, in order of their priorities.
export function drain(count: i32): i32 {
  const queue = new Heap<Task>((a, b) => a.priority < b.priority);
  let random: u32 = 12345;
  const seen = new Map<string, i32>();
  for (let i = 0; i < count; ++i) {
    random = random * 1103515245 + 12345;
    queue.push(new Task("task " + (random % 50).toString(), i32((random >> 8) % 1000)));
  }
  let hash = 0;
  while (queue.length > 0) {
    const task = queue.pop();
    seen.set(task.name, (seen.has(task.name) ? seen.get(task.name) : 0) + 1);
    hash = hash * 31 + task.priority + task.name.length;
  }
  return hash ^ (seen.size << 16);
}
