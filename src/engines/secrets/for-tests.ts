/** Paths of tests, examples and documentation, where passwords are made up, and of what others wrote and published. */
import { isRandom } from "./fingerprint.ts";
import type { SecretRule } from "./rule.ts";

const FOR_TESTS =
  /(?:^|\/)(?:\.?tests?|__(?:tests|mocks|fixtures|snapshots)__|specs?|integration[-_]?tests?|integration\/(?:resources|fixtures|testdata)|test(?:ing)?[-_]?(?:data|fixtures?|resources|keys?|certs?|utils?)|man\/man\d|fixtures?|examples?|demos?|mocks?|samples?|docs?|e2e)\/|[._-](?:test|spec|mock|fixture|example|sample)s?(?:\.[^./]{1,16})?$|\.(?:template|tmpl|dist|snap)$|(?:^|\/)(?:test_|(?:example|sample)[._-])[^/]+$|_test\.[^/]+$|(?:^|\/)tests?(?:[-.][^/]{1,80})?\.(?:py|rb|[cm]?[jt]sx?|go|java|kts?|php|cs|rs|swift|cc?|cpp|p[lm]|exs?|scala|groovy)$/i;

/** Folders into which package managers, or people for them, put what others wrote. */
const VENDORED =
  /(?:^|\/)(?:vendor|vendored|third[-_]?party|node_modules|bower_components|site-packages|dist-packages)\//i;

/** Whether it is no secret of whoever has the file: made up, or long since public. */
export function isForTests(path: string): boolean {
  return FOR_TESTS.test(path) || VENDORED.test(path);
}

/** Private keys and stores of them, tokens that a key signs, hashes of passwords: a test makes its own, and asks no issuer. */
function isSelfMade(rule: string): boolean {
  return /private-key|key-store$|^keepass|^json-web-token$|^kubernetes-service-account-token$|^argocd-token$|-hash$|^authorization-b/.test(
    rule,
  );
}

/** Where no form says that an issuer made it, a test may have. */
export function isMadeUp({ id, confidence }: Pick<SecretRule, "id" | "confidence">, secret: string): boolean {
  return confidence !== "high" || isSelfMade(id) || !isRandom(secret);
}
