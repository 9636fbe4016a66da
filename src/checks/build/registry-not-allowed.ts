import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { allowedBy, wholeName } from "./dockerfile/registries.ts";
import { imagesUsed } from "./dockerfile/stages.ts";

/** Images from registries that the policy does not name. */
export const registryNotAllowed = dockerfileCheck({
  name: "registry-not-allowed",
  title: "Base images from disallowed registries",
  severity: "high",
  withoutControl: "where images may come from is the policy's own list, which none of the ten asks for",
  documentation: {
    what: "Checks every image that `FROM`, `COPY --from` and `RUN --mount=from=` name with its registry, and holds it against `registries` of the policy. A policy without `registries` allows all.",
    why: "What comes from elsewhere has passed none of the scans, signatures and rules that the allowed registries have.",
    fix: "Take the image from a registry that the policy names, or mirror it there; add the registry to the policy where it is to be trusted.",
    references: ["https://docs.docker.com/reference/dockerfile/#from"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile, registries }) {
    if (registries.length === 0) return;
    const allowed = allowedBy(registries);
    for (const { name, written, by, range, stage } of imagesUsed(dockerfile)) {
      if (name.registry === undefined || allowed(wholeName(name))) continue;
      yield {
        subject: `${by} ${written}`,
        title: `${name.registry}/${name.repository} is from a registry the policy does not allow`,
        range,
        stage,
        fix: "use an image from a registry that the policy allows",
      };
    }
  },
});
