/** Our reader of image configurations beside what `skopeo inspect --config` makes of the same layout. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Problem } from "../../../src/core/problem.ts";
import { parseImageConfig } from "../../../src/engines/oci/document.ts";
import type { Differential, Reading } from "../differential.ts";
import { documentFrom } from "../documents/made.ts";
import type { Random } from "../random.ts";

const run = promisify(execFile);

export const differential: Differential = {
  reader: "skopeo",
  consumer: "skopeo inspect --config",
  needs: ["skopeo"],
  cases: { short: 8, soak: 400 },
  accepting: "harmless",
  generate: configFrom,
  async consume(cases) {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-skopeo-"));
    try {
      const readings: Reading[] = [];
      for (const bytes of cases) readings.push(await inspected(folder, bytes));
      return readings;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  read,
};

function configFrom(random: Random): Buffer {
  let made = documentFrom(random);
  while (made.toString("latin1", 0, 1) !== "c") made = documentFrom(random);
  return made.subarray(1);
}

async function inspected(folder: string, config: Buffer): Promise<Reading> {
  const layout = join(folder, "layout");
  rmSync(layout, { recursive: true, force: true });
  mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
  const put = (kind: string, bytes: Buffer) => {
    const hash = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(layout, "blobs/sha256", hash), bytes);
    return { mediaType: `application/vnd.oci.image.${kind}.v1+json`, digest: `sha256:${hash}`, size: bytes.length };
  };
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const manifest = json({ schemaVersion: 2, config: put("config", config), layers: [] });
  writeFileSync(join(layout, "index.json"), json({ schemaVersion: 2, manifests: [put("manifest", manifest)] }));
  writeFileSync(join(layout, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
  try {
    const env = { PATH: process.env.PATH ?? "", HOME: folder };
    const { stdout } = await run("skopeo", ["inspect", "--config", `oci:${layout}`], { env, timeout: 30_000 });
    return { kind: "value", value: shown(JSON.parse(stdout) as Printed) };
  } catch (error) {
    return { kind: "refused", why: (error as Error).message.slice(-200) };
  }
}

/** As skopeo prints it. */
interface Printed {
  readonly os?: string;
  readonly architecture?: string;
  readonly config?: {
    readonly User?: string;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly ExposedPorts?: object;
    readonly Volumes?: object;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
  readonly rootfs?: { readonly diff_ids?: readonly string[] | null };
}

function shown({ os = "", architecture = "", config = {}, rootfs = {} }: Printed): string {
  const { User = "", Env = [], Entrypoint = [], Cmd = [], WorkingDir = "" } = config;
  const keys = (map: object = {}) => Object.keys(map).sort();
  const labels = Object.entries(config.Labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    ...[os, architecture, User, Env, Entrypoint, Cmd, WorkingDir, labels],
    ...[keys(config.ExposedPorts), keys(config.Volumes), rootfs.diff_ids ?? []],
  ]);
}

function read(bytes: Buffer): Reading {
  try {
    const config = parseImageConfig(bytes, "case");
    const set = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
    const value = shown({
      ...config.platform,
      config: {
        ...{ User: config.user, Env: config.env, Entrypoint: config.entrypoint, Cmd: config.cmd },
        ...{ ExposedPorts: set(config.exposedPorts), Volumes: set(config.volumes) },
        ...{ WorkingDir: config.workingDir, Labels: config.labels },
      },
      rootfs: { diff_ids: config.diffIds },
    });
    return { kind: "value", value };
  } catch (error) {
    if (error instanceof Problem) return { kind: "refused", why: error.message };
    throw error;
  }
}
