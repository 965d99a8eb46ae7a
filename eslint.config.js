/** How our scripts are written. Those under static/ are served as they stand; tests/js and the settings run in Node. */

import js from '@eslint/js';
import globals from 'globals';
import typescript from 'typescript-eslint';

const CATCH = "CallExpression[callee.property.name='catch'] > ArrowFunctionExpression";
// A refusal that is thrown away may be right, but a reader must be told why.
const SWALLOWED = [
  `${CATCH}[body.type='BlockStatement'][body.body.length=0]`,
  `ExpressionStatement > ${CATCH} > Identifier[name='undefined']`,
  `ExpressionStatement > AwaitExpression > ${CATCH} > Identifier[name='undefined']`,
];

export default [
  { ignores: ['.venv/', 'var/', 'staticfiles/'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { ecmaVersion: 2022, sourceType: 'module', globals: globals.node },
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'no-alert': 'error',
      'no-console': 'error',
      'no-else-return': 'error',
      'no-eval': 'error',
      'no-implicit-coercion': 'error',
      'no-implied-eval': 'error',
      'no-nested-ternary': 'error',
      'no-new-func': 'error',
      'no-param-reassign': 'error',
      'no-restricted-syntax': ['error', ...SWALLOWED.map((selector) => ({ selector, message: 'Say what a refusal means here.' }))],
      'no-shadow': 'error',
      'no-throw-literal': 'error',
      'no-unneeded-ternary': 'error',
      'no-useless-return': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
      radix: 'error',
    },
  },
  {
    // What they test expects the names of a page, which tests/js/page.js brings.
    files: ['tests/js/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/static/**/*.js'],
    languageOptions: {
      globals: globals.browser,
      parser: typescript.parser,
      parserOptions: { project: ['tsconfig.json', 'tsconfig.workers.json'] },
    },
    plugins: { '@typescript-eslint': typescript.plugin },
    rules: {
      // The type checker knows which names a page has, and which a worker.
      'no-undef': 'off',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // An event may be answered by an async function: what goes wrong in it is reported as a script error.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    },
  },
];
