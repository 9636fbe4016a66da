/** What whoever controls the repository, or the way to it, may do to a client: each attack with its own refusal. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readKept } from "./kept.ts";
import { type Body, type Client, clientOf, envelope, NOW, signer, TestRepository } from "./repository.fixture.ts";

interface Attack {
  readonly name: string;
  /** On a repository whose first publication the client has. */
  attack(repository: TestRepository, client: Client): void;
  readonly code: string;
  readonly message: RegExp;
  readonly place?: RegExp;
}

const stranger = signer();

/** Signed again by whoever is right, so that the change alone is wrong. */
function republished(
  repository: TestRepository,
  role: "timestamp" | "snapshot" | "targets",
  change: (body: Body) => void,
): void {
  const [signers, body] = [repository.roles[role].signers, repository[role]];
  const copy = structuredClone({ ...body, version: body.version + (role === "timestamp" ? 1 : 0) });
  change(copy);
  repository.write(role === "timestamp" ? "timestamp.json" : `${body.version}.${role}.json`, copy, signers);
}

function changed(repository: TestRepository, name: string, change: (file: Body) => void): void {
  const value = JSON.parse(repository.files.get(name)?.toString() ?? "");
  change(value);
  repository.files.set(name, Buffer.from(JSON.stringify(value)));
}

const attacks: readonly Attack[] = [
  {
    name: "a root that the one before did not sign",
    attack(repository) {
      repository.roles.root = { signers: [stranger], threshold: 1 };
      repository.publishRoot([]);
    },
    code: "tuf.signature",
    message: /signed by 0 of the 2 keys that root version 1 asks for/,
  },
  {
    name: "a root that too few of the one before signed",
    attack(repository) {
      const [first] = repository.roles.root.signers;
      repository.roles.root = { signers: [stranger], threshold: 1 };
      repository.publishRoot(first === undefined ? [] : [first]);
    },
    code: "tuf.signature",
    message: /signed by 1 of the 2 keys that root version 1 asks for/,
  },
  {
    name: "a root that its own keys did not sign",
    attack(repository) {
      const old = repository.roles.root.signers;
      repository.roles.root = { signers: [signer(), signer()], threshold: 2 };
      repository.publishRoot();
      changed(repository, "2.root.json", (file) => {
        file.signatures = envelope(file.signed, old).signatures;
      });
    },
    code: "tuf.signature",
    message: /signed by 0 of the 2 keys that itself asks for/,
  },
  {
    name: "a root of another version under the next one's name",
    attack(repository) {
      repository.publishRoot();
      repository.publishRoot();
      repository.files.set("2.root.json", repository.files.get("3.root.json") ?? Buffer.alloc(0));
    },
    code: "tuf.rollback",
    message: /version 3, not 2/,
  },
  {
    name: "one key under three ids in the place of three keys",
    attack(repository) {
      const one = signer();
      const ids = ["a", "b", "c"].map((id) => ({ ...one, id }));
      repository.roles.timestamp = { signers: ids, threshold: 2 };
      repository.publishRoot();
      repository.publishTimestamp();
    },
    code: "tuf.signature",
    message: /signed by 1 of the 2 keys/,
    place: /timestamp\.json$/,
  },
  {
    name: "one signature twice",
    attack(repository) {
      changed(repository, "timestamp.json", (file) => file.signatures.push(file.signatures[0]));
    },
    code: "tuf.form",
    message: /two signatures of one key id/,
  },
  {
    name: "one id twice in a role",
    attack(repository) {
      const [one] = repository.roles.timestamp.signers;
      if (one !== undefined) repository.roles.timestamp.signers.push(one);
      repository.publishRoot();
    },
    code: "tuf.form",
    message: /a key id twice in one role/,
  },
  ...(["timestamp", "snapshot", "targets"] as const).map(
    (role): Attack => ({
      name: `${role} signed by a stranger under the right id`,
      attack(repository) {
        const [right] = repository.roles[role].signers;
        repository.roles[role].signers = [{ ...stranger, id: right?.id ?? "" }];
        repository.publish();
      },
      code: "tuf.signature",
      message: /signed by 0 of the 1 keys/,
      place: new RegExp(`${role}\\.json$`),
    }),
  ),
  {
    name: "a timestamp that is not signed",
    attack(repository) {
      changed(repository, "timestamp.json", (file) => {
        file.signatures = file.signatures.map((each: Body) => ({ ...each, sig: "" }));
      });
    },
    code: "tuf.signature",
    message: /signed by 0 of the 1 keys/,
  },
  {
    name: "a timestamp with a byte changed",
    attack(repository) {
      changed(repository, "timestamp.json", (file) => {
        file.signed.expires = "2027-03-08T12:00:00Z";
      });
    },
    code: "tuf.signature",
    message: /signed by 0 of the 1 keys/,
  },
  {
    name: "an older timestamp",
    attack(repository) {
      repository.timestamp.version = 0;
      repository.publishTimestamp();
      repository.timestamp.version = 1;
    },
    code: "tuf.rollback",
    message: /^version 1, although 3 was seen/,
  },
  {
    name: "a newer timestamp with an older snapshot",
    attack(repository) {
      republished(repository, "timestamp", (body) => {
        body.meta["snapshot.json"] = { version: 1 };
      });
    },
    code: "tuf.rollback",
    message: /version 1 of snapshot.json, although 3 was seen/,
  },
  {
    name: "a newer snapshot with older targets",
    attack(repository) {
      repository.snapshot.meta["targets.json"].version = 1;
      repository.publishSnapshot();
      repository.publishTimestamp();
    },
    code: "tuf.rollback",
    message: /version 1 of targets.json, although 3 was seen/,
  },
  {
    name: "a snapshot that leaves a role out",
    attack(repository) {
      delete repository.snapshot.meta["delegated.json"];
      repository.publishSnapshot();
      repository.publishTimestamp();
    },
    code: "tuf.rollback",
    message: /delegated.json is not in it any more/,
  },
  {
    name: "an expired timestamp",
    attack(repository) {
      repository.timestamp.expires = "2026-03-01T12:00:00Z";
      repository.publishTimestamp();
    },
    code: "tuf.expired",
    message: /expired at 2026-03-01T12:00:00Z/,
  },
  {
    name: "an expired snapshot",
    attack(repository) {
      repository.snapshot.expires = "2026-02-28T12:00:00Z";
      repository.publish();
    },
    code: "tuf.expired",
    message: /expired/,
    place: /snapshot\.json$/,
  },
  {
    name: "expired targets",
    attack(repository) {
      repository.targets.expires = "2026-02-28T12:00:00Z";
      repository.publish();
    },
    code: "tuf.expired",
    message: /expired/,
    place: /targets\.json$/,
  },
  {
    name: "a snapshot that the timestamp does not name",
    attack(repository) {
      repository.publish();
      republished(repository, "snapshot", (body) => {
        body.expires = "2026-03-09T12:00:00Z";
      });
    },
    code: "tuf.mismatch",
    message: /its sha256 is not what is named/,
  },
  {
    name: "a snapshot of another version than the timestamp names",
    attack(repository) {
      repository.publish();
      const newer = structuredClone({ ...repository.snapshot, version: 9 });
      repository.write(`${repository.snapshot.version}.snapshot.json`, newer, repository.roles.snapshot.signers);
      repository.timestamp.meta = { "snapshot.json": { version: repository.snapshot.version } };
      repository.publishTimestamp();
    },
    code: "tuf.mismatch",
    message: /version 9, not 4/,
  },
  {
    name: "targets of another version than the snapshot names",
    attack(repository) {
      repository.publish();
      republished(repository, "targets", (body) => {
        body.version = 7;
      });
    },
    code: "tuf.mismatch",
    message: /version 7, not 4/,
  },
  {
    name: "a snapshot without targets",
    attack(repository) {
      repository.roles.snapshot.signers = [signer()];
      repository.publishRoot();
      repository.snapshot.meta = {};
      repository.publishSnapshot();
      repository.publishTimestamp();
    },
    code: "tuf.mismatch",
    message: /the snapshot does not name it/,
  },
  {
    name: "another file in the place of a target",
    attack(repository) {
      repository.addTarget("trusted_root.json", "the right one");
      repository.publish();
      const { hashes } = repository.targets.targets["trusted_root.json"];
      repository.files.set(`targets/${hashes.sha256}.trusted_root.json`, Buffer.from("a wrong one!!"));
    },
    code: "tuf.mismatch",
    message: /its sha256 is not what is named/,
  },
  {
    name: "a longer file in the place of a target",
    attack(repository) {
      repository.addTarget("trusted_root.json", "short");
      repository.publish();
      const { hashes } = repository.targets.targets["trusted_root.json"];
      repository.files.set(`targets/${hashes.sha256}.trusted_root.json`, Buffer.alloc(1_000));
    },
    code: "tuf.bound",
    message: /more than 5 bytes/,
  },
  {
    name: "a target whose hashes nobody can compute",
    attack(repository) {
      repository.targets.targets["trusted_root.json"] = { length: 9, hashes: { "sha0-like": "00" } };
      repository.files.set("targets/trusted_root.json", Buffer.from("the first"));
      repository.publish();
    },
    code: "tuf.mismatch",
    message: /none of its hashes is by a known algorithm/,
  },
  {
    name: "a target of a terabyte",
    attack(repository) {
      repository.targets.targets["trusted_root.json"].length = 1e12;
      repository.publish();
    },
    code: "tuf.bound",
    message: /larger than 1048576 bytes/,
  },
  {
    name: "no timestamp",
    attack: (repository) => repository.files.delete("timestamp.json"),
    code: "tuf.missing",
    message: /not in the repository/,
  },
  {
    name: "a snapshot in the place of the timestamp",
    attack: (repository) =>
      repository.files.set("timestamp.json", repository.files.get("1.snapshot.json") ?? Buffer.alloc(0)),
    code: "tuf.form",
    message: /_type is not timestamp/,
  },
  ...[
    ["no JSON", "{", /not JSON/],
    ["a list", "[]", /the file is not an object/],
    ["a key twice", '{"signed":{},"signed":{},"signatures":[]}', /the key "signed" twice/],
    ["deep nesting", `{"signed":${"[".repeat(5_000)}${"]".repeat(5_000)}}`, /nested deeper than 32 levels/],
    ["no version", '{"signed":{"_type":"timestamp","spec_version":"1.0"},"signatures":[]}', /meta is not an object/],
    [
      "a later specification",
      '{"signed":{"_type":"timestamp","spec_version":"2.0"},"signatures":[]}',
      /spec_version is not 1/,
    ],
    [
      "a fraction",
      '{"signed":{"_type":"timestamp","spec_version":"1.0","version":1.5},"signatures":[]}',
      /canonical JSON/,
    ],
    ["a time that is none", stamp('"expires":"tomorrow","version":1'), /expires is not a time/],
    ["a version of 0", stamp('"expires":"2026-03-08T12:00:00Z","version":0'), /version is not a positive integer/],
    ["no snapshot", stamp('"expires":"2026-03-08T12:00:00Z","version":1'), /meta of a file is not an object/],
    [
      "201 signatures",
      JSON.stringify({
        signed: {
          _type: "timestamp",
          spec_version: "1.0",
          version: 1,
          expires: "2026-03-08T12:00:00Z",
          meta: { "snapshot.json": { version: 1 } },
        },
        signatures: Array(201).fill({ keyid: "a", sig: "" }),
      }),
      /more than 200 members/,
    ],
  ].map(
    ([name, content, message]): Attack => ({
      name: `a timestamp that is ${name}`,
      attack: (repository) => repository.files.set("timestamp.json", Buffer.from(content as string)),
      code: name === "deep nesting" ? "tuf.bound" : "tuf.form",
      message: message as RegExp,
    }),
  ),
];

function stamp(members: string): string {
  return `{"signed":{"_type":"timestamp","spec_version":"1.0","meta":{},${members}},"signatures":[]}`;
}

describe("each attack is refused for its own reason, and what was trusted stays", () => {
  for (const { name, attack, code, message, place } of attacks) {
    test(name, async (context) => {
      const repository = new TestRepository();
      repository.snapshot.meta["delegated.json"] = { version: 1 };
      repository.publish();
      repository.publish();
      const client = await clientOf(context, repository);
      await client.update();
      attack(repository, client);
      await assert.rejects(client.update(), { code, message, ...(place === undefined ? {} : { place }) });
      const kept = readKept(client.cache, client.repository.anchor);
      assert.equal(Buffer.from(kept?.files.get("trusted_root.json") ?? []).toString(), "the first");
      assert.equal(kept?.checkedAt, NOW.toISOString());
    });
  }
});
