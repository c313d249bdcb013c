// SPDX-License-Identifier: Apache-2.0
// Double precision: bodies under gravity, by the leapfrog method.
#include "kernel.h"

enum { kBodies = 4, kSteps = 120 };
typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;
static Body bodies[kBodies];

static void pull(Body* a, Body* b, double dt) {
  const double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
  const double squared = dx * dx + dy * dy + dz * dz + 1e-6;
  const double scale = dt / (squared * __builtin_sqrt(squared));
  a->vx -= dx * b->mass * scale;
  a->vy -= dy * b->mass * scale;
  a->vz -= dz * b->mass * scale;
  b->vx += dx * a->mass * scale;
  b->vy += dy * a->mass * scale;
  b->vz += dz * a->mass * scale;
}

static double energy(void) {
  double sum = 0;
  for (int i = 0; i < kBodies; ++i) {
    const Body* a = &bodies[i];
    sum += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
    for (int j = i + 1; j < kBodies; ++j) {
      const double dx = a->x - bodies[j].x, dy = a->y - bodies[j].y, dz = a->z - bodies[j].z;
      sum -= a->mass * bodies[j].mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return sum;
}

static uint32_t mix_double(uint32_t check, double x) {
  union {
    double value;
    uint64_t bits;
  } view = {x};
  return mix(mix(check, (uint32_t)view.bits), (uint32_t)(view.bits >> 32));
}

uint32_t kernel(void) {
  for (int i = 0; i < kBodies; ++i) {
    bodies[i] = (Body){1.5 * i,   0.25 * i * i,         0.125 * (3 - i), 0.1 * i, i == 0 ? 0 : 4.5 / (1 + i),
                       -0.03 * i, i == 0 ? 40 : 0.1 * i};
  }
  const double before = energy();
  for (int step = 0; step < kSteps; ++step) {
    for (int i = 0; i < kBodies; ++i) {
      for (int j = i + 1; j < kBodies; ++j) pull(&bodies[i], &bodies[j], 0.01);
    }
    for (int i = 0; i < kBodies; ++i) {
      Body* body = &bodies[i];
      body->x += 0.01 * body->vx;
      body->y += 0.01 * body->vy;
      body->z += 0.01 * body->vz;
    }
  }
  return mix_double(mix_double(kMixStart, energy()), before);
}
