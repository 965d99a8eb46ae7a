/** How our styles are written: one file a component, inside a layer, with logical properties. */

import stylelint from 'stylelint';

const NAME = 'kinwatch/layered';
const message = stylelint.utils.ruleMessages(NAME, { outside: (rule) => `"${rule}" stands outside every @layer` });

/** Styles outside a layer win over all that are in one, whatever their selectors. */
const layered = () => (root, result) => {
  if (!result.stylelint.config.rules[NAME]) return;
  for (const node of root.nodes) {
    if (node.type === 'comment' || (node.type === 'atrule' && node.name === 'layer')) continue;
    const told = node.type === 'rule' ? node.selector : `@${node.name}`;
    stylelint.utils.report({ ruleName: NAME, result, node, message: message.outside(told) });
  }
};
layered.ruleName = NAME;
layered.messages = message;
layered.meta = { url: 'docs/development.md' };

const PHYSICAL = ['left', 'right', 'top', 'bottom'];

export default {
  extends: 'stylelint-config-standard',
  plugins: [stylelint.createPlugin(NAME, layered)],
  reportNeedlessDisables: true,
  reportDescriptionlessDisables: true,
  ignoreFiles: ['.venv/**', 'var/**', 'staticfiles/**', 'node_modules/**'],
  rules: {
    [NAME]: true,
    'declaration-no-important': true,
    'selector-max-id': 0,
    'property-disallowed-list': [
      ['width', 'height', 'min-width', 'min-height', 'max-width', 'max-height', ...PHYSICAL, `/^(margin|padding|border)-(${PHYSICAL.join('|')})/`, '/^border-(top|bottom)-(left|right)-radius$/'],
      { message: 'Physical: pages are also read from right to left' },
    ],
    'declaration-property-value-disallowed-list': { '/^(text-align|float|clear)$/': ['left', 'right'] },
    // Levels are written as the protocol writes them: level-same_day.
    'selector-class-pattern': '^[a-z][a-z0-9]*([-_][a-z0-9]+)*$',
    // Names of typefaces stand in the tokens as they are spelt.
    'value-keyword-case': ['lower', { ignoreProperties: ['/^--/'] }],
    // A rule that fits on a line stands on one, and tokens stand in groups.
    'declaration-block-single-line-max-declarations': null,
    'custom-property-empty-line-before': null,
    // It compares parts that stand on no page together.
    'no-descending-specificity': null,
  },
};
