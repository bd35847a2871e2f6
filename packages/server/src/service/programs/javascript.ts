import { passText, type Program } from './program.js'

/**
 * Node evaluates the code as it does with `-e`: CommonJS with `require` where it compiles as that, else an ES module, with
 * `import`, `export` and top-level `await`. Unlike with `-e`, a module has what CommonJS has, too: `require` beside a
 * top-level `await` is common. Modules are found from the working directory.
 */
export function javascriptPrograms(code: string): Program[] {
  return [
    passText(
      code,
      // The space keeps code that begins with a minus from being read as an option.
      (text) => ['node', ...(isMixed(text) ? ['--import', mixer] : []), '-e', text.startsWith('-') ? ` ${text}` : text],
      (size) => ['node', '-e', loader(size)],
    ),
  ]
}

/** Whether the code may be a module that uses names of CommonJS. A wrong yes does no harm. */
function isMixed(code: string): boolean {
  return /\b(?:await|import|export)\b/.test(code) && /\b(?:require|module|exports|__filename|__dirname)\b/.test(code)
}

/**
 * A module that runs before the code and gives it what CommonJS has, with the values that `-e` gives them. They are properties
 * of the global object, so that the lines of the code stay as they are, and the code may have variables of these names.
 */
const mixer = `data:text/javascript,${encodeURIComponent(`
import Module, { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) {
  // A child that the code forks is a program of its own.
  process.execArgv.splice(process.execArgv.indexOf('--import'), 2)
  const module = new Module('[eval]')
  module.filename = resolve('[eval]')
  module.paths = Module._nodeModulePaths(process.cwd())
  const names = { module, exports: module.exports, require: createRequire(module.filename), __filename: '[eval]', __dirname: '.' }
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  }
}`)}`

/** Does for code that is too long for an argument what `-e` does for a short one, and the mixer for a module. */
const loader = (size: number) => `{
const { readSync } = require('node:fs'), Module = require('node:module')
const { pathToFileURL } = require('node:url'), { Script } = require('node:vm')
const bytes = Buffer.alloc(${size})
let size = 0
while (size < bytes.length) {
  const count = readSync(0, bytes, size, bytes.length - size)
  if (count === 0) break
  size += count
}
const source = bytes.toString('utf8', 0, size)
const names = { module, exports, require, __filename, __dirname }
// Node takes \`module\` away as soon as what \`-e\` was given has run.
process.nextTick(() => Object.assign(globalThis, names))
let isScript = true
try {
  new Script(source)
} catch {
  // A module, or nothing that Node can run: it will say so.
  isScript = false
}
// Of a script by itself, Node does not know where its imports lead from.
if (isScript) process.nextTick(() => (0, eval)(source + '\\n//# sourceURL=[eval]'))
else {
  const url = pathToFileURL(process.cwd() + '/').href + '[eval1]'
  const resolve = (name, context, next) =>
    name === url ? { url, format: 'module', shortCircuit: true } : next(name, context)
  const load = (name, context, next) =>
    name === url ? { format: 'module', source, shortCircuit: true } : next(name, context)
  if (Module.registerHooks) Module.registerHooks({ resolve, load })
  else {
    const hooks = 'let url, source; export const initialize = (data) => { ({ url, source } = data) }; '
      + 'export const resolve = ' + resolve + '; export const load = ' + load
    Module.register('data:text/javascript,' + encodeURIComponent(hooks), { data: { url, source } })
  }
  let isSettled = false, isIdle = false
  process.on('beforeExit', () => { isIdle = true })
  process.on('exit', () => {
    if (isSettled || !isIdle) return
    process.exitCode ??= 13
    console.error('Warning: Detected unsettled top-level await')
  })
  import(url).finally(() => { isSettled = true })
}
}
//# sourceURL=[loader]`
