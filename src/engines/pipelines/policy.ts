/** The policy's slice about pipelines of continuous integration. */
import { coversRepository } from "../../core/pattern-cover.ts";
import { fewer, more, setting } from "../../core/setting.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly pipelines: {
      /**
       * Actions and reusable workflows that may be used: `actions/*`, `github/codeql-action`. Case is passed over, and each
       * means all that is below it, too.
       */
      readonly actions: { /** Empty is all. */ readonly allow: readonly string[]; readonly deny: readonly string[] };
      /**
       * Where GitLab's pipelines may include from: paths of projects (`group/ci`), hosts and paths of components and remote
       * files (`gitlab.com/components`). Each means all that is below it, too.
       */
      readonly includes: { /** Empty is anywhere. */ readonly allow: readonly string[] };
    };
  }
}

/** As GitHub compares names. */
const covers = (entry: string, wanted: string): boolean => coversRepository(entry.toLowerCase(), wanted.toLowerCase());

export const pipelineSettings = {
  "pipelines.actions.allow": setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Actions and reusable workflows that workflows may use: actions/*, github/codeql-action. Default: none listed, which is all. Stricter: a list where there was none, or fewer entries.",
    group: "Pipelines of continuous integration.",
    initial: [],
    tighten: fewer(covers),
  }),
  "pipelines.actions.deny": setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Actions and reusable workflows that no workflow may use: tj-actions/*. Default: none. Stricter: more.",
    initial: [],
    tighten: more(covers),
  }),
  "pipelines.includes.allow": setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Where GitLab's pipelines may include from: group/ci, gitlab.com/components. Default: none listed, which is anywhere. Stricter: a list where there was none, or fewer entries.",
    initial: [],
    tighten: fewer(covers),
  }),
};
