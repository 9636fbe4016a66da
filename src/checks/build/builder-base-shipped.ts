import type { ImageName } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { chainOf } from "./dockerfile/stages.ts";

/** Official images of compilers and build tools, by the end of their repository. */
const COMPILERS = /(?:^|\/)(?:golang|rust|maven|gradle|gcc|haskell|sbt|swift|buildpack-deps|dotnet\/sdk)$/;
const JDK = /(?:^|\/)(?:openjdk|eclipse-temurin|amazoncorretto|ibm-semeru-runtimes|sapmachine)$/;
const FULL = /(?:^|\/)(?:node|python|ruby|php|perl)$/;

function isFullTag(tag: string): boolean {
  return !/(?:slim|alpine|distroless|runtime|jre)/.test(tag);
}

/** What the image brings that only a build needs. */
function broughtBy({ repository, tag = "" }: ImageName, takesFiles: boolean): string | undefined {
  // Some variants have only what downloads, or only the runtime.
  if (COMPILERS.test(repository)) return /(?:^|-)(?:curl|scm|slim)$/.test(tag) ? undefined : "a compiler";
  if (!takesFiles) return undefined;
  if (JDK.test(repository)) return /jre/.test(tag) ? undefined : "the JDK";
  return FULL.test(repository) && isFullTag(tag) ? "compilers and headers" : undefined;
}

/** A last stage on an image for building (Docker's documentation, "Multi-stage builds"). */
export const builderBaseShipped = dockerfileCheck({
  name: "builder-base-shipped",
  title: "Build image used as the final base image",
  severity: "low",
  documentation: {
    what: "Checks the base of the last stage, also through the stages that it is built on, where the image starts a program. Images of compilers and build tools are reported; where files come from an earlier stage, so are those with a JDK and the full images of Node.js, Python, Ruby, PHP and Perl.",
    why: "Compilers, headers and package managers bring hundreds of packages with their vulnerabilities, and give anyone who breaks in the tools to go on.",
    fix: "Build in one stage and copy the result into another, on a slim or distroless image: `FROM gcr.io/distroless/static-debian12` for Go, a JRE for Java, `node:22-slim` for Node.js.",
    references: [
      "https://docs.docker.com/build/building/multi-stage/",
      "https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const last = dockerfile.stages.at(-1);
    const bottom = last === undefined ? undefined : chainOf(dockerfile, last)[0];
    if (last === undefined || bottom?.from.origin.kind !== "image") return;
    // An image that starts nothing of its own is a toolbox, as continuous integration uses.
    const starts = last.instructions.some(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
    const takesFiles = last.instructions.some((one) => one.keyword === "COPY" && one.from?.kind === "stage");
    const brought = starts ? broughtBy(bottom.from.origin.name, takesFiles) : undefined;
    if (brought === undefined) return;
    const { image } = bottom.from;
    yield {
      subject: `FROM ${image.text}`,
      title: `Base image ${image.text} brings ${brought} into the final image`,
      range: image.range,
      stage: bottom.index,
      fix: "add a final stage FROM a slim or distroless image and COPY --from the result",
    };
  },
});
