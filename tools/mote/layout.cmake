# SPDX-License-Identifier: Apache-2.0
# cmake -DASSEMBLY=probe.s -DHEADER=layout32.inc -P layout.cmake: the numbers of layout_probe.cpp, one a line.
file(STRINGS ${ASSEMBLY} words REGEX "\\.word")
list(TRANSFORM words REPLACE "[ \t]*\\.word[ \t]+([0-9]+).*" "\\1,")
list(JOIN words "\n" text)
file(WRITE ${HEADER} "// Made from layout_probe.cpp.\n${text}\n")
