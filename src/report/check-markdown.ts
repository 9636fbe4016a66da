import type { CheckDescription } from "../core/check.ts";

/** A check's documentation as Markdown, without its title: for docs/checks and for SARIF's rule help. */
export function checkMarkdown(check: CheckDescription): string {
  const { what, why, fix, references } = check.documentation;
  const facts = [
    `| layer | category | severity | controls | needs |`,
    `| --- | --- | --- | --- | --- |`,
    `| ${[check.layer, check.category, check.severity, controlsText(check), needsText(check)].join(" | ")} |`,
  ];
  const sections = [facts.join("\n"), `## What\n\n${what}`, `## Why\n\n${why}`, `## How to fix\n\n${fix}`];
  if (references.length > 0) sections.push(`## References\n\n${references.map((url) => `- <${url}>`).join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}

/** `3, 4`, or why there is none. */
export function controlsText({ controls, withoutControl }: CheckDescription): string {
  if (controls.length > 0) return controls.join(", ");
  return withoutControl === undefined ? "none" : `none: ${withoutControl}`;
}

/** `inventory (partial), layers (complete)`. */
export function needsText(check: CheckDescription): string {
  const needs = Object.entries(check.needs).map(([name, need]) => `${name} (${need})`);
  return needs.length === 0 ? "nothing" : needs.join(", ");
}
