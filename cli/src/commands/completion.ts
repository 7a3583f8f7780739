// dfctl completion: a script that lets a shell complete commands, options, and the names of services.
import { Argument, type Command } from 'commander'
import { type Configure, commands } from '../commands.ts'
import { bashScript } from '../completion/bash.ts'
import { fishScript } from '../completion/fish.ts'
import { wordsOf } from '../completion/words.ts'
import { zshScript } from '../completion/zsh.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

const configure: Configure = (command) =>
  command
    .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      `
Examples:
  eval "$(dfctl completion bash)"                                    in ~/.bashrc
  dfctl completion zsh > "\${fpath[1]}/_dfctl"
  dfctl completion fish > ~/.config/fish/completions/dfctl.fish`,
    )
    .action(async (shell: keyof typeof scripts, _: unknown, self: Command) => {
      const program = self.parent ?? self
      await configureAll(program, self)
      process.stdout.write(scripts[shell](wordsOf(program)))
    })

/** Only the command that runs was configured; the others have but a name until now. */
const configureAll = async (program: Command, running: Command): Promise<void> => {
  for (const { name, load } of commands) {
    const command = program.commands.find((one) => one.name() === name)
    if (command && command !== running) (await load()).default(command)
  }
}

export default configure
