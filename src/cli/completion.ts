import { Argument, type Command } from 'commander'
import { addHelpBelow } from './help.ts'
import { openTerminal } from './terminal.ts'

type Shell = 'bash' | 'zsh' | 'fish'

const INSTALL = `
Once for each shell, with millrace installed (npm install --global millrace):
  bash  $ echo 'source <(millrace completion bash)' >> ~/.bashrc
  zsh   $ echo 'source <(millrace completion zsh)' >> ~/.zshrc
  fish  $ millrace completion fish > ~/.config/fish/completions/millrace.fish

In zsh the line stands behind one with: autoload -U compinit; compinit
A shell that is opened after that completes commands, options and what stands behind \
them, files, functions, and formulas behind @.`

/**
 * Our own: the one of @bomb.sh/tab evaluates what is typed (on a tab behind `> prices.csv` it has overwritten the file),
 * needs the package bash-completion, and completes no files.
 */
const BASH = `# bash completion for millrace
_millrace() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :*)
                (( \${line#:} & 4 )) && compopt +o default
                (( \${line#:} & 2 )) && compopt -o nospace ;;
            *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
        esac
    done < <(millrace complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _millrace millrace
# @name is one word.
COMP_WORDBREAKS=\${COMP_WORDBREAKS//@/}
`

export function defineCompletion(commandLine: Command): void {
  const command = commandLine
    .command('completion')
    .summary('print what makes a shell complete commands and options')
    .description('Prints the script with which a shell completes what is typed behind millrace.')
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish'] satisfies Shell[]))
  addHelpBelow(command, INSTALL).action((shell: Shell) => printScript(shell))
  // The scripts ask with it.
  commandLine
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { answersTo } = await import('./completion-answers.ts')
      await openTerminal({}).write(answersTo(commandLine, words).map((line) => `${line}\n`))
    })
}

async function printScript(shell: Shell) {
  if (shell === 'bash') return openTerminal({}).write([BASH])
  const { script } = await import('@bomb.sh/tab')
  script(shell, 'millrace', 'millrace')
}
