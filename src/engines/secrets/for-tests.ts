/** Paths of tests, examples and documentation: passwords there are made up. */

const FOR_TESTS =
  /(?:^|\/)(?:tests?|__tests__|specs?|testdata|fixtures?|examples?|mocks?|__mocks__|samples?|docs?)\/|[._-](?:test|spec|mock|fixture)s?\.[^/]+$|(?:^|\/)test_[^/]+$|_test\.[^/]+$/i;

export function isForTests(path: string): boolean {
  return FOR_TESTS.test(path);
}
