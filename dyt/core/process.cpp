// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "dyt/core/error.h"

extern char** environ;

namespace dyt::core {
namespace {

[[noreturn]] void throw_start_failure(const std::string& program, int code) {
  throw Error(
      ErrorKind::kResources,
      {.what = "cannot start '" + program + "': " + std::strerror(code),
       .todo = code == ENOENT ? "install it, or check the PATH" : "free memory or processes"});
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

// Where a standard stream of ours is closed, a new descriptor takes its number, and the child would
// lose it in the exchange of its own.
int above_standard_streams(int descriptor) {
  if (descriptor < 0 || descriptor > STDERR_FILENO) {
    return descriptor;
  }
  const int above = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(descriptor);
  return above;
}

Pipe make_pipe(const std::string& program) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw_start_failure(program, errno);
  }
  return {above_standard_streams(ends[0]), above_standard_streams(ends[1])};
}

void close_if_open(int& descriptor) {
  if (descriptor >= 0) {
    ::close(descriptor);
    descriptor = -1;
  }
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) {
    list.push_back(text.data());
  }
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> merged_environment(const ProcessSpec& spec) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!spec.environment.contains(text.substr(0, text.find('=')))) {
      result.push_back(text);
    }
  }
  for (const auto& [name, value] : spec.environment) {
    result.push_back(name);
    result.back().append("=").append(value);
  }
  return result;
}

// In the child, after fork: only calls that are safe there. Reports errno through `report`.
[[noreturn]] void run_child(const ProcessSpec& spec, pid_t parent, int input, int output,
                            int report, char* const* arguments, char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(127);  // it died before the line above
  }
  if (spec.own_group) {
    ::setpgid(0, 0);
  }
  int error = -1;
  if (!spec.error_path.empty()) {
    error = ::open(spec.error_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  }
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  if (error >= 0) {
    ::dup2(error, STDERR_FILENO);
  }
  ::signal(SIGPIPE, SIG_DFL);
  ::execvpe(arguments[0], arguments, environment);
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(report, &code, sizeof code);
  ::_exit(127);
}

}  // namespace

Process::Process(const ProcessSpec& spec) : own_group_(spec.own_group) {
  const std::string program = spec.arguments.at(0);
  std::vector<std::string> arguments = spec.arguments;
  std::vector<std::string> environment = merged_environment(spec);
  const std::vector<char*> argument_list = pointers(arguments);
  const std::vector<char*> environment_list = pointers(environment);

  Pipe output = make_pipe(program);
  Pipe report = make_pipe(program);
  Pipe input;
  if (spec.pipe_input) {
    input = make_pipe(program);
  } else {
    input.read_end = above_standard_streams(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    run_child(spec, parent, input.read_end, output.write_end, report.write_end,
              argument_list.data(), environment_list.data());
  }
  const int fork_code = pid_ < 0 ? errno : 0;
  ::close(output.write_end);
  ::close(report.write_end);
  ::close(input.read_end);
  output_ = output.read_end;
  input_ = input.write_end;
  int code = fork_code;
  if (code == 0 && ::read(report.read_end, &code, sizeof code) != sizeof code) {
    code = 0;  // the report pipe closed at exec: the program runs
  }
  ::close(report.read_end);
  if (code != 0) {
    close_if_open(output_);
    close_if_open(input_);
    if (pid_ > 0) {
      ::waitpid(pid_, nullptr, 0);
    }
    throw_start_failure(program, code);
  }
}

Process::~Process() {
  if (!status_) {
    send_signal(SIGKILL);
    wait();
  }
  close_if_open(input_);
  close_if_open(output_);
}

void Process::write(const std::string& text) {
  // A child that has gone must show as an error here, not as a signal that ends us.
  struct sigaction ignore {};
  struct sigaction old {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &old);
  size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t written = ::write(input_, text.data() + sent, text.size() - sent);
    if (written < 0 && errno != EINTR) {
      break;
    }
    sent += written > 0 ? static_cast<size_t>(written) : 0;
  }
  ::sigaction(SIGPIPE, &old, nullptr);
  if (sent < text.size()) {
    throw Error(ErrorKind::kInternal, {.what = "a child process ended before it read its input"});
  }
}

void Process::close_input() { close_if_open(input_); }

std::optional<std::string> Process::take_line() {
  const size_t end = buffer_.find('\n');
  if (end == std::string::npos) {
    return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

std::optional<std::string> Process::read_line(int timeout_ms) {
  while (true) {
    if (auto line = take_line()) {
      return line;
    }
    if (output_ < 0) {
      return std::nullopt;
    }
    pollfd entry{output_, POLLIN, 0};
    const int ready = ::poll(&entry, 1, timeout_ms);
    if (ready < 0 && errno == EINTR) {
      if (timeout_ms >= 0) {
        return std::nullopt;
      }
      continue;
    }
    if (ready == 0) {
      return std::nullopt;
    }
    std::array<char, 4096> chunk;
    const ssize_t got = ::read(output_, chunk.data(), chunk.size());
    if (got > 0) {
      buffer_.append(chunk.data(), static_cast<size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      close_if_open(output_);
      if (!buffer_.empty()) {
        buffer_ += '\n';
      }
    }
  }
}

void Process::send_signal(int signal) {
  if (!status_ && pid_ > 0) {
    ::kill(own_group_ ? -pid_ : pid_, signal);
    if (own_group_) {
      ::kill(pid_, signal);  // in case it has not made its group yet
    }
  }
}

int Process::wait() {
  if (!status_) {
    int raw = 0;
    while (::waitpid(pid_, &raw, 0) < 0 && errno == EINTR) {
    }
    status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  }
  return *status_;
}

}  // namespace dyt::core
