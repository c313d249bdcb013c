// SPDX-License-Identifier: Apache-2.0
// Host functions, bound by type:
//
//   int32_t read_pin(int32_t pin);
//   void log(mote::Context& context, mote::GuestString text);
//   constexpr mote::HostFunction kHost[] = {mote::bind<read_pin>("gpio", "read"), mote::bind<log>("env",
//   "log")};
//
// The table is constant data in flash; signatures and thunks come from the functions' types. A view of guest
// memory that is not inside it traps before the function runs.
#pragma once
#include <mote/host.hpp>
#include <mote/value.hpp>

#include <array>
#include <optional>
#include <tuple>

namespace mote {

/// Two parameters (address, count): `count` objects of T in the guest's memory. They need not be aligned.
template <class T>
class GuestSpan {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GuestSpan(uint8_t* bytes, uint32_t count) : bytes_(bytes), count_(count) {}
  uint32_t size() const { return count_; }
  T operator[](uint32_t i) const {
    std::remove_const_t<T> value;
    std::memcpy(&value, bytes_ + i * sizeof(T), sizeof(T));
    return value;
  }
  void set(uint32_t i, const T& value) const requires(!std::is_const_v<T>) {
    std::memcpy(bytes_ + i * sizeof(T), &value, sizeof(T));
  }
  std::conditional_t<std::is_const_v<T>, const uint8_t*, uint8_t*> bytes() const { return bytes_; }

 private:
  uint8_t* bytes_;
  uint32_t count_;
};

/// Two parameters (address, length): text in the guest's memory.
struct GuestString : std::string_view {
  using std::string_view::string_view;
};
/// One parameter: the address of a NUL-terminated string in the guest's memory.
struct GuestCString : std::string_view {
  using std::string_view::string_view;
};
/// One parameter: the address of a T in the guest's memory.
template <class T>
class GuestRef {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit GuestRef(uint8_t* at) : at_(at) {}
  T get() const {
    T value;
    std::memcpy(&value, at_, sizeof(T));
    return value;
  }
  void set(const T& value) const { std::memcpy(at_, &value, sizeof(T)); }

 private:
  uint8_t* at_;
};

/// A host function's result that may also be a trap, or "not yet".
template <class T>
class HostResult {
 public:
  HostResult(T value) : value_(value) {}  // NOLINT: implicit by design
  /// `message` must be static text.
  static HostResult trap(const char* message) { return HostResult(HostStatus::Trapped, message); }
  /// The instance is suspended; the function is called again when it is resumed.
  static HostResult waiting() { return HostResult(HostStatus::Waiting, nullptr); }

  HostStatus status() const { return status_; }
  const char* message() const { return message_; }
  T value() const { return value_; }

 private:
  HostResult(HostStatus status, const char* message) : value_(), status_(status), message_(message) {}
  T value_;
  HostStatus status_ = HostStatus::Done;
  const char* message_ = nullptr;
};
template <>
class HostResult<void> {
 public:
  HostResult() = default;
  static HostResult trap(const char* message) { return HostResult(HostStatus::Trapped, message); }
  static HostResult waiting() { return HostResult(HostStatus::Waiting, nullptr); }
  HostStatus status() const { return status_; }
  const char* message() const { return message_; }

 private:
  HostResult(HostStatus status, const char* message) : status_(status), message_(message) {}
  HostStatus status_ = HostStatus::Done;
  const char* message_ = nullptr;
};

namespace detail {

inline uint64_t read_slots(const uint32_t* slots, uint32_t count) {
  return count == 2 ? uint64_t{slots[1]} << 32 | slots[0] : slots[0];
}
inline void write_slots(uint32_t* slots, uint32_t count, uint64_t bits) {
  slots[0] = static_cast<uint32_t>(bits);
  if (count == 2) slots[1] = static_cast<uint32_t>(bits >> 32);
}

/// A scalar or vector of a C++ type from and to its slots.
template <class T>
T load(const uint32_t* slots) {
  if constexpr (std::is_same_v<T, V128>) {
    V128 value;
    std::memcpy(value.bytes.data(), slots, 16);
    return value;
  } else {
    return WasmType<T>::from_bits(read_slots(slots, slots_of(WasmType<T>::kType)));
  }
}
template <class T>
void store(uint32_t* slots, const T& value) {
  if constexpr (std::is_same_v<T, V128>) {
    std::memcpy(slots, value.bytes.data(), 16);
  } else {
    write_slots(slots, slots_of(WasmType<T>::kType), WasmType<T>::to_bits(value));
  }
}

/// A value whose type is known at run time only.
inline Value read_value(ValueType type, const uint32_t* slots) {
  if (type == ValueType::V128) return Value::v128(load<V128>(slots));
  return {type, read_slots(slots, slots_of(type))};
}
inline void write_value(uint32_t* slots, const Value& value) {
  if (value.type == ValueType::V128) return store(slots, value.v128());
  write_slots(slots, slots_of(value.type), value.bits);
}

/// How a parameter is made from slots: letters of its signature, and a reader that fails when guest memory
/// has no such place.
template <class T>
struct Parameter {
  static constexpr uint32_t kSlots = slots_of(WasmType<T>::kType);
  static constexpr std::array<char, 1> kLetters = {WasmType<T>::kLetter};
  static std::optional<T> read(Context&, const uint32_t* slots) { return load<T>(slots); }
};
template <class T>
struct Parameter<GuestSpan<T>> {
  static constexpr uint32_t kSlots = 2;
  static constexpr std::array<char, 2> kLetters = {'i', 'i'};
  static std::optional<GuestSpan<T>> read(Context& context, const uint32_t* slots) {
    const uint64_t size = uint64_t{slots[1]} * sizeof(T);
    uint8_t* bytes =
        size > 0xffff'ffff ? nullptr : context.guest_bytes(slots[0], static_cast<uint32_t>(size));
    if (bytes == nullptr) return std::nullopt;
    return GuestSpan<T>(bytes, slots[1]);
  }
};
template <>
struct Parameter<GuestString> {
  static constexpr uint32_t kSlots = 2;
  static constexpr std::array<char, 2> kLetters = {'i', 'i'};
  static std::optional<GuestString> read(Context& context, const uint32_t* slots) {
    const uint8_t* bytes = context.guest_bytes(slots[0], slots[1]);
    if (bytes == nullptr) return std::nullopt;
    return GuestString(reinterpret_cast<const char*>(bytes), slots[1]);
  }
};
template <>
struct Parameter<GuestCString> {
  static constexpr uint32_t kSlots = 1;
  static constexpr std::array<char, 1> kLetters = {'i'};
  static std::optional<GuestCString> read(Context& context, const uint32_t* slots) {
    std::string_view text;
    if (!context.guest_string(slots[0], text)) return std::nullopt;
    return GuestCString(text.data(), text.size());
  }
};
template <class T>
struct Parameter<GuestRef<T>> {
  static constexpr uint32_t kSlots = 1;
  static constexpr std::array<char, 1> kLetters = {'i'};
  static std::optional<GuestRef<T>> read(Context& context, const uint32_t* slots) {
    uint8_t* bytes = context.guest_bytes(slots[0], sizeof(T));
    if (bytes == nullptr) return std::nullopt;
    return GuestRef<T>(bytes);
  }
};

/// Delivers a result, whatever form the function gives it in.
template <class R>
struct Outcome {
  static constexpr std::array<char, 1> kLetters = {WasmType<R>::kLetter};
  static HostStatus deliver(Context&, uint32_t* slots, R value) {
    store<R>(slots, value);
    return HostStatus::Done;
  }
};
template <>
struct Outcome<void> {
  static constexpr std::array<char, 0> kLetters = {};
};
template <class R>
struct Outcome<HostResult<R>> {
  static constexpr auto kLetters = Outcome<R>::kLetters;
  static HostStatus deliver(Context& context, uint32_t* slots, const HostResult<R>& result) {
    if (result.status() == HostStatus::Trapped) return context.trap(Trap::Host, result.message());
    if (result.status() == HostStatus::Waiting) return HostStatus::Waiting;
    if constexpr (!std::is_void_v<R>) Outcome<R>::deliver(context, slots, result.value());
    return HostStatus::Done;
  }
};

template <auto F, bool WantsContext, class R, class... Ps>
struct Binding {
  /// "params:results" and a NUL.
  static constexpr auto kSignature = [] {
    std::array<char, (Parameter<Ps>::kLetters.size() + ... + 0) + Outcome<R>::kLetters.size() + 2> text{};
    size_t at = 0;
    const auto add = [&](const auto& letters) {
      for (const char letter : letters) text[at++] = letter;
    };
    (add(Parameter<Ps>::kLetters), ...);
    text[at++] = ':';
    add(Outcome<R>::kLetters);
    return text;
  }();

  static uint8_t thunk(mote_context* caller, uint32_t* slots) {
    return static_cast<uint8_t>(run(Context::of(caller), slots));
  }

 private:
  static HostStatus run(Context& context, uint32_t* slots) {
    [[maybe_unused]] const uint32_t* at = slots;
    // Braces: evaluated from left to right.
    std::tuple<std::optional<Ps>...> arguments{[&] {
      const uint32_t* here = at;
      at += Parameter<Ps>::kSlots;
      return Parameter<Ps>::read(context, here);
    }()...};
    return std::apply(
        [&](auto&... argument) {
          if (!(argument.has_value() && ...)) return context.trap(Trap::MemoryOutOfBounds);
          return call(context, slots, *argument...);
        },
        arguments);
  }

  static HostStatus call(Context& context, uint32_t* slots, Ps&... arguments) {
    const auto invoke = [&]() -> R {
      if constexpr (WantsContext) {
        return F(context, arguments...);
      } else {
        return F(arguments...);
      }
    };
    if constexpr (std::is_void_v<R>) {
      invoke();
      return HostStatus::Done;
    } else {
      return Outcome<R>::deliver(context, slots, invoke());
    }
  }
};

template <auto F, class Type>
struct BindingOf;
template <auto F, class R, class... Ps>
struct BindingOf<F, R (*)(Context&, Ps...)> : Binding<F, true, R, Ps...> {};
template <auto F, class R, class... Ps>
struct BindingOf<F, R (*)(Ps...)> : Binding<F, false, R, Ps...> {};

/// How compiled code calls a function of plain scalars itself (SPEC.md, "Host functions"). On 64-bit
/// machines, as it is, if its types are WebAssembly's.
template <class T>
constexpr bool kIsPlain = (std::is_integral_v<T> && sizeof(T) >= 4) || std::is_floating_point_v<T>;
template <>
inline constexpr bool kIsPlain<void> = true;

template <class T>
concept Scalar = requires(uint64_t bits) {
  WasmType<T>::kType;
  WasmType<T>::from_bits(bits);  // vectors have none
};

/// On 32-bit machines by words: at most four of arguments, in order, and at most two of a result, which are
/// all in core registers whatever the platform does with floats and 64-bit integers.
template <auto F, class R, class... Ps>
struct ByWords {
  static constexpr size_t kWords = (size_t{slots_of(WasmType<Ps>::kType)} + ... + 0);

  template <size_t... I>
  static constexpr auto make(std::index_sequence<I...>) {
    return +[](std::conditional_t<I == I, uint32_t, void>... words) {
      [[maybe_unused]] const uint32_t slots[] = {words..., 0};
      [[maybe_unused]] const uint32_t* at = slots;
      const auto next = [&]<class P>(std::type_identity<P>) {
        constexpr uint32_t kSlots = slots_of(WasmType<P>::kType);
        const uint32_t* here = at;
        at += kSlots;
        return WasmType<P>::from_bits(read_slots(here, kSlots));
      };
      // Braces: evaluated from left to right.
      std::tuple<Ps...> arguments{next(std::type_identity<Ps>())...};
      if constexpr (std::is_void_v<R>) {
        std::apply(F, arguments);
      } else {
        const uint64_t bits = WasmType<R>::to_bits(std::apply(F, arguments));
        using Word = std::conditional_t<slots_of(WasmType<R>::kType) == 2, uint64_t, uint32_t>;
        return static_cast<Word>(bits);
      }
    };
  }
  static constexpr auto kFunction = make(std::make_index_sequence<kWords>());
};

template <auto F>
struct AsItIs {
  static constexpr auto kFunction = F;
};

template <class T>
constexpr bool kIsWord = std::is_integral_v<T> && sizeof(T) == 4;
template <>
inline constexpr bool kIsWord<void> = true;
template <class T>
constexpr bool kGoesAsItIs = sizeof(void*) == 8 ? kIsPlain<T> : kIsWord<T>;

template <auto F, class R, class... Ps>
constexpr const void* direct(R (*)(Ps...)) {
  constexpr size_t kMost = sizeof(void*) == 8 ? 14 : 4;
  if constexpr (kGoesAsItIs<R> && (kGoesAsItIs<Ps> && ...) && sizeof...(Ps) <= kMost) {
    return &AsItIs<F>::kFunction;
  } else if constexpr (sizeof(void*) == 4 && (Scalar<Ps> && ...) && (Scalar<R> || std::is_void_v<R>)) {
    if constexpr (ByWords<F, R, Ps...>::kWords <= 4) return &ByWords<F, R, Ps...>::kFunction;
  }
  return nullptr;
}
template <auto F, class R, class... Ps>
constexpr const void* direct(R (*)(Context&, Ps...)) {
  return nullptr;
}

}  // namespace detail

/// The table row of function F under an import's name.
template <auto F>
constexpr HostFunction bind(const char* module, const char* name) {
  using B = detail::BindingOf<F, decltype(F)>;
  return {module, name, B::kSignature.data(), B::thunk, detail::direct<F>(F)};
}

}  // namespace mote
