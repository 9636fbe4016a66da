/** Our reader of configs, manifests and indexes beside Go's encoding/json with the image specification's own types. */
import { join } from "node:path";
import { Problem } from "../../../src/core/problem.ts";
import { parseImageConfig, parseIndexOrManifest } from "../../../src/engines/oci/document.ts";
import type { Descriptor } from "../../../src/engines/oci/model.ts";
import type { Differential, Reading } from "../differential.ts";
import { askGoForJson } from "../go-program.ts";
import { documentFrom } from "./made.ts";

export const differential: Differential = {
  reader: "documents",
  consumer: "Go's encoding/json",
  needs: ["go", "/usr/share/gocode/src/github.com/opencontainers/image-spec"],
  cases: { short: 3_000, soak: 20_000 },
  accepting: "harmless",
  generate: documentFrom,
  consume: (cases) => askGoForJson(join(import.meta.dirname, "consumer.go"), cases, shown),
  read,
};

/** Keys of maps in one order: both sides have them in their own. */
function shown(answer: unknown): string {
  return JSON.stringify(answer, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function read(bytes: Buffer): Reading {
  try {
    return { kind: "value", value: shown(answerOf(bytes.toString("latin1", 0, 1), bytes.subarray(1))) };
  } catch (error) {
    if (error instanceof Problem) return { kind: "refused", why: error.message };
    throw error;
  }
}

function answerOf(kind: string, bytes: Buffer): unknown {
  if (kind === "c") {
    const config = parseImageConfig(bytes, "case");
    const set = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
    const { os, architecture, variant = "", osVersion = "" } = config.platform;
    return [
      ...[os, architecture, variant, osVersion, config.user, config.env, config.entrypoint, config.cmd, config.labels],
      ...[set(config.exposedPorts), set(config.volumes), config.workingDir, config.diffIds],
      config.history.map((step) => [step.createdBy, step.comment ?? "", step.emptyLayer]),
    ];
  }
  const document = parseIndexOrManifest(bytes, "case");
  if (document.kind === "index" && kind === "i") return ["index", document.manifests.map(described)];
  if (document.kind === "manifest" && kind === "m") {
    return ["manifest", described(document.config), document.layers.map(described), document.annotations];
  }
  throw new Problem({ kind: "input", code: "oci.layout", place: "case", cause: "it is of the other kind" });
}

function described({ mediaType, digest, size, platform, annotations }: Descriptor): unknown {
  const target =
    platform === undefined
      ? null
      : [platform.os, platform.architecture, platform.variant ?? "", platform.osVersion ?? ""];
  return [mediaType, digest, size, target, annotations];
}
