import { passText, type Program } from './program.js'

/**
 * Node evaluates the code as it does with `-e`: CommonJS with `require`, or an ES module when the code has `import`,
 * `export` or a top-level `await`. Modules are found from the working directory.
 */
export function javascriptPrograms(code: string): Program[] {
  return [
    passText(
      code,
      // The space keeps code that begins with a minus from being read as an option.
      (text) => ['node', '-e', text.startsWith('-') ? ` ${text}` : text],
      (size) => ['node', '-e', loader(size)],
    ),
  ]
}

/** Does for code that is too long for an argument what `-e` does for a short one. */
const loader = (size: number) => `{
const { readSync } = require('node:fs'), Module = require('node:module'), { resolve } = require('node:path')
const { pathToFileURL } = require('node:url'), { compileFunction } = require('node:vm')
const bytes = Buffer.alloc(${size})
let size = 0
while (size < bytes.length) {
  const count = readSync(0, bytes, size, bytes.length - size)
  if (count === 0) break
  size += count
}
const source = bytes.toString('utf8', 0, size)
const file = resolve('[eval]')
let isCommonJs = true
try {
  compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file })
} catch {
  isCommonJs = false
}
if (isCommonJs) {
  const main = new Module(file)
  main.filename = file
  main.paths = Module._nodeModulePaths(process.cwd())
  main._compile(source, file)
} else {
  const url = pathToFileURL(file + '.mjs').href
  const hooks = 'let own; export const initialize = (data) => { own = data }; '
    + 'export const resolve = (name, context, next) => name === own.url ? { url: name, format: "module", shortCircuit: true } : next(name, context); '
    + 'export const load = (url, context, next) => url === own.url ? { format: "module", source: own.source, shortCircuit: true } : next(url, context)'
  Module.register('data:text/javascript,' + encodeURIComponent(hooks), { data: { url, source } })
  import(url)
}
}`
