import tabtab from '@pnpm/tabtab';
import { Argument, Command } from 'commander';
import { candidates, FILES } from './completion/candidates.ts';
import { shellEnvironment } from './config.ts';
import { print } from './standard-output.ts';

const NAME = 'bulk-transcribe';

const examples = `
Examples:
  completion bash > ~/.local/share/bash-completion/completions/${NAME}
  completion zsh > "\${fpath[1]}/_${NAME}"
  completion fish > ~/.config/fish/completions/${NAME}.fish

The shell completes what follows the word ${NAME}: the program, or an alias of that name.`;

export const completionCommand = (): Command =>
  new Command('completion')
    .description('Print a script that makes the shell complete commands, options and files.')
    .addArgument(new Argument('<shell>', 'which one').choices(tabtab.SUPPORTED_SHELLS))
    .addHelpText('after', examples)
    .action(async (shell: (typeof tabtab.SUPPORTED_SHELLS)[number]) => {
      const itself = [process.execPath, ...process.execArgv, process.argv[1] ?? NAME].map((word) => `"${word}"`).join(' ');
      await print(await tabtab.getCompletionScript({ name: NAME, completer: itself, shell }));
    });

/** What that script asks, at each press of the key. */
export const completionServerCommand = (): Command =>
  new Command('completion-server')
    .argument('[words...]')
    .allowUnknownOption()
    .action((_words: string[], _options: object, command: Command) => {
      const { partial } = tabtab.parseEnv(shellEnvironment);
      const [, ...words] = partial.split(' ').filter((word, index, all) => word !== '' || index === all.length - 1);
      const found = candidates(command.parent ?? command, words);
      const shell = tabtab.getShellFromEnv(shellEnvironment);
      if (found !== FILES) tabtab.log([...found], shell);
      // The script for bash would take the number of the word for the word; told nothing, bash completes files by itself.
      else if (shell !== 'bash') tabtab.logFiles();
    });
