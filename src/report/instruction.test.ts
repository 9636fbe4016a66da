import assert from "node:assert/strict";
import { test } from "node:test";
import { shortInstruction } from "./instruction.ts";

const cases = {
  "/bin/sh -c apk add --no-cache curl": "RUN apk add --no-cache curl",
  "/bin/sh -c #(nop) ADD file:0123 in / ": "ADD file:0123 in /",
  '/bin/sh -c #(nop)  CMD ["/bin/sh"]': 'CMD ["/bin/sh"]',
  "RUN /bin/sh -c npm ci --omit=dev # buildkit": "RUN npm ci --omit=dev",
  "RUN |1 VERSION=3 /bin/sh -c make\tinstall \n  && rm -r src # buildkit": "RUN make install && rm -r src",
  "|2 A=1 B=2 /bin/sh -c ./configure": "RUN ./configure",
  "COPY . /app # buildkit": "COPY . /app",
  "ENV PATH=/usr/bin": "ENV PATH=/usr/bin",
  'RUN ["/app/setup"]': 'RUN ["/app/setup"]',
  "RUN echo /bin/sh -c x": "RUN echo /bin/sh -c x",
  "bazel build ...": "bazel build ...",
  "": "",
};

for (const [createdBy, written] of Object.entries(cases)) {
  test(`the history entry ${JSON.stringify(createdBy)}`, () => {
    assert.equal(shortInstruction(createdBy), written);
  });
}
