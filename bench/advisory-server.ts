/** Serves the public advisories in OSV's bulk layout, as they are and with a part of them changed. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { crc32, deflateRawSync, gunzipSync } from "node:zlib";

export interface AdvisoryServer extends AsyncDisposable {
  readonly url: string;
  readonly ecosystems: readonly string[];
  show(state: "before" | "after"): void;
}

interface Entry {
  readonly id: string;
  readonly modified: string;
  readonly content: Buffer;
}

type Files = Map<string, Buffer>;

const DATES = { before: "Tue, 01 Jan 2030 00:00:00 GMT", after: "Wed, 02 Jan 2030 00:00:00 GMT" } as const;
/** Later than any of the public ones. */
const CHANGED_AT = "2030-01-02T00:00:00Z";

/**
 * @param files - `ECOSYSTEM.jsonl.gz`, one record a line
 * @param nth - of each ecosystem every nth record is changed afterwards
 */
export async function advisoryServer(files: readonly string[], nth: number): Promise<AdvisoryServer> {
  const states = { before: new Map() as Files, after: new Map() as Files };
  const ecosystems = files.map((file) => basename(file, ".jsonl.gz"));
  for (const [index, file] of files.entries()) {
    const ecosystem = ecosystems[index] ?? "";
    const entries = readEntries(file);
    publish(states.before, ecosystem, entries);
    publish(
      states.after,
      ecosystem,
      entries.map((entry, at) => (at % nth === 0 ? changed(entry) : entry)),
    );
  }
  let shown: keyof typeof states = "before";
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const body = states[shown].get(path);
    const etag = `"${shown} ${body?.length}"`;
    const head = { etag, "last-modified": DATES[shown] };
    if (body === undefined) response.writeHead(404).end();
    else if (request.headers["if-none-match"] === etag) response.writeHead(304, head).end();
    else response.writeHead(200, { ...head, "content-length": body.length }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ecosystems,
    show(state) {
      shown = state;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The last one where several records have one id: a file a record is what the layout has. */
function readEntries(file: string): Entry[] {
  const byId = new Map<string, Entry>();
  for (const line of gunzipSync(readFileSync(file)).toString("utf8").split("\n")) {
    if (line === "") continue;
    const { id, modified } = JSON.parse(line) as { readonly id: string; readonly modified: string };
    byId.set(id, { id, modified, content: Buffer.from(line) });
  }
  return [...byId.values()];
}

function changed({ id, content }: Entry): Entry {
  const record = {
    ...(JSON.parse(content.toString("utf8")) as object),
    modified: CHANGED_AT,
    summary: `changed: ${id}`,
  };
  return { id, modified: CHANGED_AT, content: Buffer.from(JSON.stringify(record)) };
}

function publish(files: Files, ecosystem: string, entries: readonly Entry[]): void {
  for (const { id, content } of entries) files.set(`/${ecosystem}/${id}.json`, content);
  const lines = entries.map(({ id, modified }) => `${modified},${id}\n`).sort();
  files.set(`/${ecosystem}/modified_id.csv`, Buffer.from(lines.reverse().join("")));
  files.set(`/${ecosystem}/all.zip`, archiveOf(entries));
}

/** A zip archive (PKWARE APPNOTE.TXT 6.3), deflated as OSV's are. */
function archiveOf(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { id, content } of entries) {
    const name = Buffer.from(`${id}.json`);
    const packed = deflateRawSync(content);
    // Version, flags, method, time, date, checksum, both sizes, lengths of the name and of what follows it.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from("PK\u0003\u0004"), shared, name, packed);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\u0000"), shared, central, name);
    offset += 4 + shared.length + name.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  const count = Math.min(entries.length, 0xffff);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
