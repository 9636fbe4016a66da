import assert from "node:assert/strict";
import { test } from "node:test";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { maskSecrets } from "./mask.ts";

const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });

test("secrets of a text are replaced, and nothing else of it", () => {
  const other = sampleCode.replace("a8Z0", "b8Z0");
  assert.equal(
    maskSecrets(`RUN é CODE=${sampleCode} && use "${other}" # ü`, scanner),
    'RUN é CODE=cod_…(28) && use "cod_…(28)" # ü',
  );
  assert.equal(maskSecrets(sampleCode, scanner), "cod_…(28)");
  for (const text of ["", "RUN make", "RUN é"]) assert.equal(maskSecrets(text, scanner), text);
});
