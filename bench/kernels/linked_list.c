// SPDX-License-Identifier: Apache-2.0
// Pointers and indirect calls: building, sorting and reversing linked lists.
#include "kernel.h"

enum { kNodes = 400, kRounds = 4 };
typedef struct Node {
  struct Node* next;
  uint32_t key;
  uint16_t value, order;
} Node;
typedef int (*Before)(const Node*, const Node*);
static Node nodes[kNodes];

static int by_key(const Node* a, const Node* b) {
  return a->key <= b->key;
}
static int by_value(const Node* a, const Node* b) {
  return a->value <= b->value;
}
static int by_order(const Node* a, const Node* b) {
  return a->order <= b->order;
}
static Before const volatile kOrders[] = {by_key, by_value, by_order};

static Node* merge(Node* a, Node* b, Before before) {
  Node head;
  Node* tail = &head;
  while (a && b) {
    Node** taken = before(a, b) ? &a : &b;
    tail->next = *taken;
    tail = *taken;
    *taken = tail->next;
  }
  tail->next = a ? a : b;
  return head.next;
}

// Bottom-up merge sort: bins[i] holds a sorted list of 2^i nodes, or nothing.
static Node* sort(Node* list, Before before) {
  Node* bins[16];
  for (int i = 0; i < 16; ++i) bins[i] = NULL;
  while (list) {
    Node* run = list;
    list = list->next;
    run->next = NULL;
    int i = 0;
    for (; bins[i]; ++i) {
      run = merge(bins[i], run, before);
      bins[i] = NULL;
    }
    bins[i] = run;
  }
  for (int i = 0; i < 16; ++i) list = merge(bins[i], list, before);
  return list;
}

static Node* reverse(Node* list) {
  Node* reversed = NULL;
  while (list) {
    Node* next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

uint32_t kernel(void) {
  uint32_t random = 17, check = kMixStart;
  Node* list = NULL;
  for (uint32_t i = 0; i < kNodes; ++i) {
    nodes[i] = (Node){list, next_random(&random), (uint16_t)next_random(&random), (uint16_t)i};
    list = &nodes[i];
  }
  for (int round = 0; round < kRounds; ++round) {
    list = reverse(sort(list, kOrders[round % 3]));
    uint32_t position = 0;
    for (const Node* node = list; node; node = node->next) check = mix(check, node->order + ++position);
  }
  return check;
}
