/** The secrets of an image: those of all its layers, and of its config. */
import type { OpenImage } from "../../engines/oci/image.ts";
import type { ImageConfig } from "../../engines/oci/model.ts";
import type { FoundSecrets, SecretFact } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { createAccumulator } from "./accumulator.ts";

/**
 * @param given - what each layer gave, lowest first; with holes where one could not be read
 * @param records - of each layer, its entries as a layer scan has them (a letter, then the path)
 */
export function secretsOfImage(
  image: Pick<OpenImage, "config">,
  given: readonly (FoundSecrets | undefined)[],
  records: readonly (readonly string[])[],
  scanner: SecretScanner,
): FoundSecrets {
  const layers = Array.from(given, (layer) => layer ?? nothing);
  const config = secretsOfConfig(image.config, scanner);
  const placed = layers.flatMap(({ found }, layer) => found.secrets.map((secret) => ({ ...secret, layer })));
  const hidden = hiddenAmong(placed, records);
  return {
    found: {
      secrets: [
        ...config.found.secrets,
        ...placed.map((secret) => (hidden.has(secret) ? { ...secret, hidden: true } : secret)),
      ],
      files: layers.reduce((sum, { found }) => sum + found.files, 0),
      bytes: layers.reduce((sum, { found }) => sum + found.bytes, 0),
    },
    gaps: [
      ...config.gaps,
      ...layers.flatMap(({ gaps }, layer) =>
        gaps.map((gap) => ({ ...gap, reason: `layer ${layer + 1}: ${gap.reason}` })),
      ),
    ],
  };
}

const nothing: FoundSecrets = { found: { secrets: [], files: 0, bytes: 0 }, gaps: [] };

type Placed = SecretFact & { readonly layer: number };

/** Those whose file a higher layer replaces or deletes (whiteouts: OCI image specification, layer.md). */
function hiddenAmong(secrets: readonly Placed[], records: readonly (readonly string[])[]): Set<Placed> {
  const hidden = new Set<Placed>();
  if (secrets.length === 0) return hidden;
  /** A path → the secrets that an entry of that path in a higher layer hides. */
  const hiders = new Map<string, Placed[]>();
  for (const secret of secrets) {
    for (const path of hidersOf(secret.path)) {
      const others = hiders.get(path);
      if (others === undefined) hiders.set(path, [secret]);
      else others.push(secret);
    }
  }
  for (const [layer, own] of records.entries()) {
    for (const record of own) {
      const nul = record.indexOf("\0");
      const found = hiders.get(record.slice(1, nul < 0 ? undefined : nul));
      for (const secret of found ?? []) if (secret.layer < layer) hidden.add(secret);
    }
  }
  return hidden;
}

/** `a/b` is hidden by `a/b`, `a/.wh.b`, `a/.wh..wh..opq` and `.wh.a`. */
function* hidersOf(path: string): Generator<string> {
  yield path;
  for (let at = path; at !== ""; ) {
    const slash = at.lastIndexOf("/");
    const folder = at.slice(0, Math.max(0, slash));
    yield `${slash < 0 ? "" : `${folder}/`}.wh.${at.slice(slash + 1)}`;
    yield `${slash < 0 ? "" : `${folder}/`}.wh..wh..opq`;
    at = folder;
  }
}

/** Environment, labels, commands and history: each field is a small file of its own. */
function secretsOfConfig(config: ImageConfig, scanner: SecretScanner): FoundSecrets {
  const accumulator = createAccumulator("config");
  const fields: [string, string][] = [
    ...config.env.map((text, i): [string, string] => [`config.Env[${i}]`, text]),
    ...Object.entries(config.labels).map(([name, text]): [string, string] => [
      `config.Labels.${name}`,
      `${name}=${text}`,
    ]),
    ["config.Entrypoint", config.entrypoint.join("\n")],
    ["config.Cmd", config.cmd.join("\n")],
    ...config.history.map(({ createdBy, comment }, i): [string, string] => [
      `history[${i}]`,
      `${argumentsApart(createdBy)}\n${comment ?? ""}`,
    ]),
  ];
  const known = new Set<string>();
  for (const [field, text] of fields) {
    if (text === "") continue;
    const bytes = Buffer.from(text);
    const found = scanner.scan(field, bytes);
    // An ENV stands in the history too.
    const secrets = found.secrets.filter(({ rule, fingerprint }) => !known.has(`${rule} ${fingerprint}`));
    for (const { rule, fingerprint } of secrets) known.add(`${rule} ${fingerprint}`);
    const step = stepOf(field, text, config.history);
    const placed = secrets.map((secret) => ({ ...withoutLine(secret), ...(step < 0 ? {} : { step }) }));
    accumulator.file(field, bytes.length, { ...found, secrets: placed });
  }
  return accumulator.finish();
}

/** The step of the history that states a field, or -1: of an ENV or LABEL the last one that gives it its value. */
function stepOf(field: string, text: string, history: ImageConfig["history"]): number {
  const own = /^history\[(\d+)\]$/.exec(field)?.[1];
  if (own !== undefined) return Number(own);
  const keyword = field.startsWith("config.Env") ? "ENV " : "LABEL ";
  const start = text.slice(0, text.indexOf("=") + 1);
  if (start === "") return -1;
  return history.findLastIndex(({ createdBy }) => createdBy.includes(keyword) && createdBy.includes(start));
}

function withoutLine({ line: _, column: __, ...secret }: SecretFact): SecretFact {
  return secret;
}

const BUILD_ARGUMENTS = /^RUN \|(\d{1,3}) |^\|(\d{1,3}) /;

/** `RUN |2 TOKEN=… USER=… /bin/sh -c …`: build arguments stand before the command; each gets a line of its own. */
function argumentsApart(createdBy: string): string {
  const start = BUILD_ARGUMENTS.exec(createdBy);
  if (start === null) return createdBy;
  const words = createdBy.slice(start[0].length).split(" ");
  const count = Number(start[1] ?? start[2]);
  return [...words.slice(0, count), words.slice(count).join(" ")].join("\n");
}
