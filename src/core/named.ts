/** Expressions that are asked of one path again and again, as of the versions of a file. */

/** Whether it matches a path, as `expression.test` says; the last answer is kept. @param expression - without `g` and `y` */
export function asksOfPath(expression: RegExp): (path: string) => boolean {
  let last = "";
  let answer = expression.test(last);
  return (path) => {
    if (path !== last) {
      answer = expression.test(path);
      last = path;
    }
    return answer;
  };
}
