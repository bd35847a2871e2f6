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

// linecache takes half as long to import as Python to start, so that its lines wait for whoever imports it.
const loader = (size: number) => `def _load(size):
    import os, sys
    source = b''
    while len(source) < size:
        chunk = os.read(0, size - len(source))
        if not chunk:
            break
        source += chunk
    text = source.decode('utf-8', 'replace')
    def keep(linecache):
        import io
        linecache.cache['main.py'] = (len(source), None, list(io.StringIO(text, None)), 'main.py')
    class Lines:
        def find_spec(self, name, path=None, target=None):
            if name != 'linecache':
                return None
            sys.meta_path.remove(self)
            for finder in sys.meta_path:
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    load = spec.loader.exec_module
                    def exec_module(module):
                        load(module)
                        keep(module)
                    spec.loader.exec_module = exec_module
                    return spec
    if 'linecache' in sys.modules:
        keep(sys.modules['linecache'])
    else:
        sys.meta_path.insert(0, Lines())
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
