import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { buildChecks } from "../index.ts";
import { findings } from "./lint.fixture.ts";
import type { LintCheck } from "./lint-check.ts";

const checks = buildChecks.filter((check): check is LintCheck => "dockerfile" in check.needs);

const line = fc.oneof(
  fc.constantFrom(
    "FROM a:1 AS one",
    "FROM one",
    "from scratch as Two",
    "FROM --platform=$TARGETPLATFORM b:$TAG",
    "ARG TAG",
    "ARG NPM_TOKEN",
    "ENV A b c",
    "ENV PATH=/tmp:$PATH A=$B",
    "COPY . .",
    "COPY .netrc id_rsa /root/",
    "COPY --from=one / /",
    "COPY --from=7 /a b",
    "ADD --chown x a b /c",
    "RUN rm -rf ~/.netrc && echo $NPM_TOKEN > x",
    "RUN --mount=type=secret,id=a cp /run/secrets/a /b",
    "RUN chown -R 1 /root && ssh-keygen -A",
    "CMD ['a', 'b']",
    "HEALTHCHECK CMD [",
    "EXPOSE 22 99999 80/TCP 1-",
    "USER app",
    "WORKDIR x",
    "VOLUME /",
    'MAINTAINER a "b',
    "ONBUILD RUN --network=host id",
    "STOPSIGNAL 9",
    "BOGUS",
    "RUN <<E",
    "E",
    "\\",
  ),
  fc.string({ unit: "binary-ascii", maxLength: 20 }),
);

test("no text makes a check throw, and its places are in the text", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
      const text = lines.join("\n");
      const last = text.split("\n").length;
      for (const check of checks) {
        for (const { locations } of findings(check, text)) {
          const [location] = locations;
          assert.ok(location.kind === "file" && (location.line ?? 0) >= 1 && (location.line ?? 0) <= last, check.id);
        }
      }
    }),
    runs(60),
  );
});
