/** Reads what `runtime learn` wrote. It may come from anywhere: shape, sizes and texts are checked, and nothing else is kept. */
import { parseJson } from "../../../core/parse-json.ts";
import { printable } from "../../../core/printable.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { How, Learned, LearnedFile, LearnedProbe, LearnedProof, LearnedWorkload, Watched } from "./model.ts";

/** Longest text: a path of the kernel's, each of its bytes escaped. */
const longestText = 4 * 4_096;

/**
 * @param place - how the file is named to the user
 * @throws Problem (usage) `learned.broken`, with where in the file
 */
export function readLearned(bytes: Buffer, place: string): Learned {
  if (bytes.length > bounds.fileBytes) throw broken(place, `over ${bounds.fileBytes} bytes`);
  let value: unknown;
  try {
    value = parseJson(bytes.toString("utf8"));
  } catch {
    throw broken(place, "not JSON");
  }
  const reader = new Reader(place);
  const file = reader.object(value, "the file");
  if (file.kind !== "Learned") throw broken(place, "not what `runtime learn` writes: kind is not Learned");
  if (file.apiVersion !== "bulkhead/v1") {
    throw broken(place, `apiVersion ${printable(String(file.apiVersion).slice(0, 50))} is not known`);
  }
  return {
    apiVersion: "bulkhead/v1",
    kind: "Learned",
    from: reader.time(file.from, "from"),
    to: reader.time(file.to, "to"),
    workloads: reader
      .list(file.workloads, "workloads", bounds.workloads)
      .map((each, index) => workload(reader, each, `workloads[${index}]`)),
  };
}

function broken(place: string, cause: string): Problem {
  return new Problem({
    kind: "usage",
    code: "learned.broken",
    place,
    cause,
    remedy: "learn again: bulkhead runtime learn",
  });
}

class Reader {
  private readonly place: string;
  constructor(place: string) {
    this.place = place;
  }

  fail(at: string, cause: string): Problem {
    return broken(this.place, `${at} ${cause}`);
  }

  object(value: unknown, at: string): Untyped {
    if (!isObject(value)) throw this.fail(at, "is not an object");
    return value;
  }

  list(value: unknown, at: string, most: number): readonly unknown[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.fail(at, "is not a list");
    if (value.length > most) throw this.fail(at, `has over ${most} entries`);
    return value;
  }

  text(value: unknown, at: string): string {
    if (typeof value !== "string") throw this.fail(at, "is not a text");
    if (value.length > longestText) throw this.fail(at, `is over ${longestText} characters`);
    return printable(value);
  }

  optionalText<Key extends string>(from: Untyped, key: Key, at: string): { [Name in Key]?: string } {
    const value = from[key];
    return (value === undefined ? {} : { [key]: this.text(value, `${at}.${key}`) }) as { [Name in Key]?: string };
  }

  time(value: unknown, at: string): string {
    const text = this.text(value, at);
    if (
      !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text) ||
      Number.isNaN(Date.parse(text))
    )
      throw this.fail(at, "is not a time of RFC 3339");
    return new Date(text).toISOString();
  }

  count(value: unknown, at: string, most = Number.MAX_SAFE_INTEGER): number {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > most)
      throw this.fail(at, "is not a whole number in range");
    return value;
  }

  number(value: unknown, at: string): number {
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw this.fail(at, "is not a number");
    return value;
  }

  flag(value: unknown, at: string): boolean {
    if (typeof value !== "boolean") throw this.fail(at, "is neither true nor false");
    return value;
  }

  oneOf<Word extends string>(value: unknown, words: readonly Word[], at: string): Word {
    const found = words.find((word) => word === value);
    if (found === undefined) throw this.fail(at, `is none of ${words.join(", ")}`);
    return found;
  }

  names(value: unknown, pattern: RegExp, at: string): string[] {
    return this.list(value, at, 1_000).map((each, index) => {
      const text = this.text(each, `${at}[${index}]`);
      if (!pattern.test(text)) throw this.fail(`${at}[${index}]`, "is no such name");
      return text;
    });
  }

  counts(value: unknown, at: string): Record<string, number> {
    const counts: [string, number][] = [];
    for (const [key, count] of Object.entries(value === undefined ? {} : this.object(value, at))) {
      if (counts.length >= 1_000) throw this.fail(at, "has over 1000 entries");
      counts.push([this.text(key, at), this.count(count, `${at}.${printable(key.slice(0, 50))}`)]);
    }
    return Object.fromEntries(counts);
  }
}

const syscallName = /^[a-z0-9_]{1,64}$/;
const capabilityName = /^CAP_[A-Z_]{1,40}$/;
const protocols = ["TCP", "UDP"] as const;

function workload(reader: Reader, value: unknown, at: string): LearnedWorkload {
  const from = reader.object(value, at);
  const of = reader.object(from.of, `${at}.of`);
  const capabilities =
    from.capabilities === undefined ? undefined : reader.object(from.capabilities, `${at}.capabilities`);
  const place = (key: string, index: number) => `${at}.${key}[${index}]`;
  return {
    of: {
      ...reader.optionalText(of, "namespace", `${at}.of`),
      ...reader.optionalText(of, "kind", `${at}.of`),
      ...reader.optionalText(of, "name", `${at}.of`),
      container: reader.text(of.container, `${at}.of.container`),
    },
    images: reader.list(from.images, `${at}.images`, bounds.containers).map((each, index) => {
      const image = reader.object(each, place("images", index));
      return {
        ...reader.optionalText(image, "name", place("images", index)),
        ...reader.optionalText(image, "id", place("images", index)),
        ...reader.optionalText(image, "digest", place("images", index)),
      };
    }),
    watched: watched(reader, from.watched, `${at}.watched`),
    ...(from.syscalls === undefined ? {} : { syscalls: reader.names(from.syscalls, syscallName, `${at}.syscalls`) }),
    ...(from.architecture === undefined
      ? {}
      : { architecture: reader.oneOf(from.architecture, ["x86_64", "arm64"], `${at}.architecture`) }),
    ...(capabilities === undefined
      ? {}
      : {
          capabilities: {
            used: reader.names(capabilities.used, capabilityName, `${at}.capabilities.used`),
            refused: reader.names(capabilities.refused, capabilityName, `${at}.capabilities.refused`),
          },
        }),
    executables: files(reader, from.executables, `${at}.executables`),
    opened: files(reader, from.opened, `${at}.opened`),
    written: files(reader, from.written, `${at}.written`),
    connections: reader.list(from.connections, `${at}.connections`, bounds.connections * 10).map((each, index) => {
      const where = place("connections", index);
      const one = reader.object(each, where);
      return {
        direction: reader.oneOf(one.direction, ["in", "out"], `${where}.direction`),
        protocol: reader.oneOf(one.protocol, protocols, `${where}.protocol`),
        address: reader.text(one.address, `${where}.address`),
        port: reader.count(one.port, `${where}.port`, 65_535),
        count: reader.count(one.count, `${where}.count`),
      };
    }),
    listening: reader.list(from.listening, `${at}.listening`, bounds.ports * 10).map((each, index) => {
      const where = place("listening", index);
      const one = reader.object(each, where);
      return {
        protocol: reader.oneOf(one.protocol, protocols, `${where}.protocol`),
        port: reader.count(one.port, `${where}.port`, 65_535),
        ...(one.local === undefined ? {} : { local: reader.flag(one.local, `${where}.local`) }),
        count: reader.count(one.count, `${where}.count`),
      };
    }),
    users: reader.list(from.users, `${at}.users`, bounds.users * 10).map((each, index) => {
      const one = reader.object(each, place("users", index));
      return {
        uid: reader.count(one.uid, `${place("users", index)}.uid`, 0xffff_ffff),
        gid: reader.count(one.gid, `${place("users", index)}.gid`, 0xffff_ffff),
      };
    }),
    mounts: reader.list(from.mounts, `${at}.mounts`, bounds.mounts * 10).map((each, index) => {
      const one = reader.object(each, place("mounts", index));
      return {
        path: reader.text(one.path, `${place("mounts", index)}.path`),
        writable: reader.flag(one.writable, `${place("mounts", index)}.writable`),
      };
    }),
    ...(from.probes === undefined ? {} : { probes: probesOf(reader, from.probes, `${at}.probes`) }),
    cut: reader.counts(from.cut, `${at}.cut`),
    ...(from.proven === undefined ? {} : { proven: proofOf(reader, from.proven, `${at}.proven`) }),
  };
}

function probesOf(reader: Reader, value: unknown, at: string): LearnedProbe[] {
  return reader.list(value, at, 1_000).map((each, index) => {
    const one = reader.object(each, `${at}[${index}]`);
    return {
      command: reader.text(one.command, `${at}[${index}].command`),
      executed: reader.flag(one.executed, `${at}[${index}].executed`),
    };
  });
}

function proofOf(reader: Reader, value: unknown, at: string): LearnedProof {
  const from = reader.object(value, at);
  return {
    at: reader.time(from.at, `${at}.at`),
    image: reader.text(from.image, `${at}.image`),
    volumes: reader
      .list(from.volumes, `${at}.volumes`, 1_000)
      .map((each, index) => reader.text(each, `${at}.volumes[${index}]`)),
    capabilities: reader.names(from.capabilities, capabilityName, `${at}.capabilities`),
    ...(from.uid === undefined ? {} : { uid: reader.count(from.uid, `${at}.uid`, 0xffff_ffff) }),
    syscalls: reader.count(from.syscalls, `${at}.syscalls`),
    refused: reader.text(from.refused, `${at}.refused`),
  };
}

function watched(reader: Reader, value: unknown, at: string): Watched {
  const from = reader.object(value, at);
  return {
    seconds: reader.number(from.seconds, `${at}.seconds`),
    containers: reader.list(from.containers, `${at}.containers`, bounds.containers * 10).map((each, index) => {
      const where = `${at}.containers[${index}]`;
      const one = reader.object(each, where);
      return {
        id: reader.text(one.id, `${where}.id`),
        ...reader.optionalText(one, "image", where),
        from: reader.time(one.from, `${where}.from`),
        to: reader.time(one.to, `${where}.to`),
        start: reader.flag(one.start, `${where}.start`),
        stop: reader.flag(one.stop, `${where}.stop`),
        ...(one.syscalls === undefined ? {} : { syscalls: reader.flag(one.syscalls, `${where}.syscalls`) }),
      };
    }),
    lost: reader.counts(from.lost, `${at}.lost`),
    hours: reader.number(from.hours, `${at}.hours`),
    complete: reader.flag(from.complete, `${at}.complete`),
    missing: reader
      .list(from.missing, `${at}.missing`, 1_000)
      .map((each, index) => reader.text(each, `${at}.missing[${index}]`)),
  };
}

const layers = ["lower", "upper", "memfd"] as const;
const hows: readonly How[] = ["create", "write", "remove", "mode", "rename"];

function files(reader: Reader, value: unknown, at: string): LearnedFile[] {
  return reader.list(value, at, bounds.files * 10).map((each, index) => {
    const where = `${at}[${index}]`;
    const one = reader.object(each, where);
    return {
      path: reader.text(one.path, `${where}.path`),
      ...reader.optionalText(one, "inode", where),
      count: reader.count(one.count, `${where}.count`),
      ...(one.layer === undefined ? {} : { layer: reader.oneOf(one.layer, layers, `${where}.layer`) }),
      ...(one.how === undefined
        ? {}
        : { how: reader.list(one.how, `${where}.how`, 10).map((word) => reader.oneOf(word, hows, `${where}.how`)) }),
    };
  });
}
