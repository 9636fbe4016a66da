import { checks } from "../checks/index.ts";
import { nearest } from "../core/nearest.ts";
import { usageProblem } from "../core/problem.ts";
import { explainCheck } from "../report/explain.ts";

/** `CVE-2021-44906`, `GHSA-xvch-5gv4-984h`, `DSA-5343-1`, `PYSEC-2023-1`: letters, then something with a digit. */
const ADVISORY = /^(?:ghsa-[a-z0-9-]+|cve-[0-9-]+|[A-Za-z][A-Za-z0-9]*-[0-9][A-Za-z0-9_:.-]*)$/i;

/**
 * `bulkhead explain [TOPIC]`: a check, a rule for secrets, an advisory or a key of the policy.
 *
 * @param database - the advisory database that the caller named
 * @throws Problem (usage) where there is nothing of that name, with what is near
 */
export async function explain(
  topic: string | undefined,
  database?: string,
  print: (text: string) => void = (text) => process.stdout.write(text),
): Promise<number> {
  if (topic === undefined) {
    const width = Math.max(...checks.map((check) => check.id.length));
    print(checks.map((check) => `${check.id.padEnd(width)}  ${check.title}\n`).join(""));
    return 0;
  }
  print(await textOf(topic, database));
  return 0;
}

async function textOf(topic: string, database: string | undefined): Promise<string> {
  const check = checks.find(({ id }) => id === topic.toLowerCase());
  if (check !== undefined) return explainCheck(check);
  const { explainKey, policyKeys } = await import("./explain-key.ts");
  const key = explainKey(topic);
  if (key !== undefined) return key;
  const { describedRules } = await import("../engines/secrets/described-rules.ts");
  const rules = describedRules();
  const rule = rules.find(({ id }) => id === topic.toLowerCase());
  if (rule !== undefined) return (await import("./explain-rule.ts")).explainRule(rule);
  if (ADVISORY.test(topic)) {
    const text = (await import("./explain-advisory.ts")).explainAdvisory(topic, database);
    if (text !== undefined) return text;
  }
  const near = nearest(topic, [...checks.map(({ id }) => id), ...policyKeys(), ...rules.map(({ id }) => id)]);
  const all = "`bulkhead explain` lists the checks; secret rules, CVE and GHSA ids and policy keys are explained too";
  const what = topic.includes("/") ? "check" : "topic";
  throw usageProblem(`explain ${topic}`, `unknown ${what}`, near === undefined ? all : `did you mean ${near}? ${all}`);
}
