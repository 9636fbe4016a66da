import { isPinned } from "../../core/image-name.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { imagesUsed } from "./dockerfile/stages.ts";

/** Images that are named by `latest`, in words or by saying nothing. */
export const latestTag = dockerfileCheck({
  name: "latest-tag",
  title: "Base images tagged latest or untagged",
  severity: "medium",
  documentation: {
    what: "Checks every image that `FROM`, `COPY --from` and `RUN --mount=from=` name. The tag `latest`, and no tag at all, are reported where there is no digest.",
    why: "Nobody can say which version a build was made with, so nobody can say whether it holds a vulnerability, and the next build may bring another major version.",
    fix: "Name the version that is meant, and its digest.",
    references: ["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { name, written, by, range, stage } of imagesUsed(dockerfile)) {
      if (isPinned(name) || name.digest?.includes("$") || (name.tag !== undefined && name.tag !== "latest")) continue;
      yield {
        subject: `${by} ${written}`,
        title:
          name.tag === undefined ? `${written} has no tag, which means latest` : `${written} is whatever is newest`,
        range,
        stage,
        fix: "name the version that is meant",
      };
    }
  },
});
