import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { itemsOf, textIn } from "../json.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";

/**
 * build.sbt.lock (stringbean/sbt-dependency-lock, lock file version 1): every module that a configuration resolves to.
 * What is in configurations of tests alone is for development.
 */
export const sbtLock = lockfile({ id: "sbt-lock", version: 1, basenames: ["build.sbt.lock"], read });

function read(text: string): FileFacts {
  const file = jsonObject(text);
  if (!Array.isArray(file.dependencies)) throw brokenLockfile("the file", "no list of dependencies");
  const unread = unreadEntries();
  const list = packageList();
  for (const [index, dependency] of (file.dependencies as readonly unknown[]).entries()) {
    const { org, name, version, configurations } = isObject(dependency) ? dependency : {};
    const [group, artifact] = [textIn(org), textIn(name)];
    const identity = identityOf(
      group === undefined || artifact === undefined ? undefined : `${group}:${artifact}`,
      textIn(version),
    );
    if ("fault" in identity) {
      unread.add(`dependency ${index + 1} ${identity.fault}`);
      continue;
    }
    const used = itemsOf(configurations).map(textIn);
    const development = used.length > 0 && used.every((one) => one !== undefined && TESTS.has(one));
    list.add({ type: "maven", ...identity, licenses: [], ...(development ? { usage: "development" } : {}) });
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}

const TESTS: ReadonlySet<string> = new Set(["test", "test-internal", "it", "it-internal"]);
