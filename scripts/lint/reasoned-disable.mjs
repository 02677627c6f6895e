const DIRECTIVE = /^\s*(?:oxlint|eslint)-disable/;
const REASON = /\s--\s+\S.{4,}/s;

/** A comment that switches a rule off says why after `--`. */
export const reasonedDisable = {
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (!DIRECTIVE.test(comment.value) || REASON.test(comment.value)) continue;
          context.report({
            loc: comment.loc,
            message: 'A disabled rule needs its reason: `-- why this line is right`.',
          });
        }
      },
    };
  },
};
