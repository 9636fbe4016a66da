/**
 * Suite `context-capabilities`: what is known of contexts of GitHub (src/checks/knowledge/context-capabilities.ts) beside
 * zizmor's list of the contexts of webhook payloads, which is made from the schemas alone. Where a schema says no more of a text
 * than that it is one, the list takes it for arbitrary, also where it is a time or an object's id: those kinds are named here.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Capability, capabilityOf } from "../src/checks/knowledge/context-capabilities.ts";
import type { Suite } from "./suite.ts";

const LIST = "pipelines/github-context-capabilities.csv.gz";

/** Of these all values are GitHub's own words, numbers, times or digests, whatever a schema leaves out. */
const KINDS: Readonly<Record<string, RegExp>> = {
  times: /(?:_at|\.date|\.timestamp|\.due_on(?:\.from)?)$/,
  "object ids and digests":
    /\.(?:sha|(?:head|merge_commit|lexical_commit|base)_sha|(?:original_)?commit_id|commit_oid|tree_id|target_oid|git_head|before|after|digest|md5|sha1|sha256|sha\.from)$|(?:head_commit|commits\.\*)\.id$/,
  "words of a list":
    /\.(?:type|visibility|state|state_reason|status|role_name|permission|privacy|action|reason|active_lock_reason|author_association|mergeable_state|color(?:\.from)?|events\.\*|authorized_actor_names\.from\.\*|required_status_checks\.from\.\*|permissions\.\w+)$/,
  "the repository's own names": /^github\.event\.(?:repository|organization)\.(?:\w+|owner\.\w+)$/,
};

export const contextCapabilities: Suite = {
  about: "what an attacker can write into the contexts of GitHub's webhook payloads",
  needs: [LIST],
  async *cases({ data }) {
    const entries = gunzipSync(readFileSync(join(data, LIST)))
      .toString("utf8")
      .trim()
      .split("\n");
    const contexts = entries.map((line) => line.split(",") as [name: string, capability: Capability]);
    const same = contexts.filter(([name, theirs]) => isFree(capabilityOf(name)) === isFree(theirs));
    const others = contexts.filter(([name, theirs]) => isFree(capabilityOf(name)) !== isFree(theirs));
    const unnamed = others.filter(([name]) => kindOf(name) === undefined);
    const share = (count: number): string => `${((100 * count) / contexts.length).toFixed(2)}%`;
    process.stdout.write(`${same.length} of ${contexts.length} alike (${share(same.length)})\n`);
    for (const kind of Object.keys(KINDS)) {
      process.stdout.write(`${others.filter(([name]) => kindOf(name) === kind).length} differ: ${kind}\n`);
    }
    yield {
      name: `${unnamed.length} of ${contexts.length} differ beside those kinds`,
      run: () => assert.ok(unnamed.length < contexts.length / 100, unnamed.map(([name]) => name).join("\n")),
    };
    yield {
      name: "nothing that the list takes for fixed is told as arbitrary, but for a few",
      run: () => {
        const alarms = contexts.filter(([name, theirs]) => theirs === "fixed" && capabilityOf(name) === "arbitrary");
        assert.ok(alarms.length <= 20, alarms.map(([name]) => name).join("\n"));
      },
    };
  },
};

const isFree = (capability: Capability | undefined): boolean => capability !== "fixed";

function kindOf(name: string): string | undefined {
  return Object.entries(KINDS).find(([, pattern]) => pattern.test(name))?.[0];
}
