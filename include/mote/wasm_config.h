/* SPDX-License-Identifier: Apache-2.0 */
/* What Mote adds to wasm.h: how stores are made. Set before wasm_engine_new_with_config(). */
#ifndef MOTE_WASM_CONFIG_H
#define MOTE_WASM_CONFIG_H

#include <mote/mote.h>
#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of address space that a store works in; default 1 GiB. Memory is taken when it is used. */
void mote_wasm_config_set_pool(wasm_config_t* config, size_t bytes);
/* Bytes of each instance's stack; default 256 KiB. */
void mote_wasm_config_set_stack(wasm_config_t* config, uint32_t bytes);
/* MOTE_TIER_VM or MOTE_TIER_NATIVE; default native where the build has a compiler for its CPU. */
void mote_wasm_config_set_tier(wasm_config_t* config, mote_tier tier);

#ifdef __cplusplus
}
#endif

#endif
