// SPDX-License-Identifier: Apache-2.0
// For sketches that are compiled by an older standard, to read what they are told.
#pragma once
