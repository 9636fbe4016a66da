/** Commands that publish what others then run or install. */
import type { ShellCommand } from "../../../engines/pipelines/model.ts";

const VERBS: ReadonlyMap<string, readonly string[]> = new Map([
  ["docker", ["push"]],
  ["podman", ["push"]],
  ["buildah", ["push"]],
  ["nerdctl", ["push"]],
  ["crane", ["push", "copy"]],
  ["helm", ["push"]],
  ["oras", ["push"]],
  ["twine", ["upload"]],
  ["cargo", ["publish"]],
  ["npm", ["publish"]],
  ["pnpm", ["publish"]],
  ["yarn", ["publish"]],
  ["poetry", ["publish"]],
  ["gem", ["push"]],
  ["goreleaser", ["release"]],
]);

/** `docker push`; undefined where it publishes nothing. */
export function publishes({ program = "", arguments: words }: ShellCommand): string | undefined {
  const verb = words.map(({ text }) => text).find((text) => !text.startsWith("-"));
  return verb !== undefined && VERBS.get(program)?.includes(verb) === true ? `${program} ${verb}` : undefined;
}

/** Whether it signs, or has the registry attest where the package is from. */
export function signs({ program = "", arguments: words }: ShellCommand): boolean {
  const texts = words.map(({ text }) => text);
  switch (program) {
    case "cosign":
      return texts.some((text) => /^(?:sign|sign-blob|attest|attest-blob)$/.test(text));
    case "notation":
      return texts.includes("sign");
    case "gpg":
    case "gpg2":
      return texts.some((text) => /^(?:--detach-sign|--clearsign|--sign|-[a-z]*[bs]|--armor)$/.test(text));
    case "npm":
    case "pnpm":
      return texts.includes("--provenance");
    default:
      return /^(?:slsa-verifier|minisign|signify|gpgsign|rpmsign|debsign|osslsigncode)$/.test(program);
  }
}
