import { join } from "node:path";
import type { Differential } from "../differential.ts";
import { askGoForJson } from "../go-program.ts";
import { dockerfileFrom } from "./generate.ts";
import { readByUs, written } from "./ours.ts";

export const differential: Differential = {
  reader: "dockerfile",
  consumer: "BuildKit's parser, instructions and lexer (Debian's golang-github-docker-docker-dev)",
  needs: [
    "go",
    "/usr/share/gocode/src/github.com/moby/buildkit",
    "/usr/share/gocode/src/github.com/agext/levenshtein",
    "/usr/share/gocode/src/github.com/distribution/reference",
  ],
  cases: { short: 2_000, soak: 20_000 },
  accepting: "harmless",
  generate: dockerfileFrom,
  consume: (cases) =>
    askGoForJson(join(import.meta.dirname, "consumer.go"), cases, (answer) =>
      written((answer as { value: string[][] }).value),
    ),
  read: readByUs,
  known: [],
};
