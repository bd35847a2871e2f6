import type { Program } from './program.js'

/**
 * Python runs a loader that reads the code from standard input and gives it the main module, so that code of any size
 * is shown with its lines in a traceback, which `-c` alone does not do. `-u` keeps what was printed before a timeout.
 *
 * It is compiled as text: with bytes, Python would believe a comment that names another encoding than they have.
 */
export function pythonPrograms(code: string): Program[] {
  const stdin = Buffer.from(code)
  return [{ argv: ['python3', '-u', '-c', loader(stdin.byteLength)], stdin }]
}

const loader = (size: number) => `def _load(size):
    import io, linecache, os, sys
    source = b''
    while len(source) < size:
        chunk = os.read(0, size - len(source))
        if not chunk:
            break
        source += chunk
    text = source.decode('utf-8', 'replace')
    linecache.cache['main.py'] = (len(source), None, list(io.StringIO(text, None)), 'main.py')
    def show(kind, error, trace):
        import traceback
        while trace is not None and trace.tb_frame.f_code.co_filename == '<string>':
            trace = trace.tb_next
        traceback.print_exception(kind, error, trace)
    sys.excepthook = show
    sys.argv[0] = 'main.py'
    del sys.modules['__main__']._load
    return compile(text, 'main.py', 'exec', dont_inherit=True)
exec(_load(${size}))`
