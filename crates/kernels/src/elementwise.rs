//! Functions of one bar alone: no state, no history.

/// Declares a kernel that maps numbers to a number, bar by bar.
#[macro_export]
macro_rules! elementwise {
    ($kernel:ident<$lane:ident>($($x:ident),+) = $body:expr) => {
        struct $kernel;
        impl<$lane: $crate::lane::Lane> $crate::block::Kernel<$lane> for $kernel {
            fn run(
                &self,
                _: &mut $crate::state::Own<'_, $lane>,
                inputs: &$crate::block::Inputs<'_, $lane>,
                output: &mut $crate::block::Output<'_, $lane>,
            ) {
                let out = output.series();
                let bars = out.len();
                let mut inputs = (0..).map(|input| &inputs.series(input)[..bars]);
                $(let $x = inputs.next().unwrap();)+
                for bar in 0..bars {
                    $(let $x = $x[bar];)+
                    out[bar] = $body;
                }
            }
        }
    };
}

/// The body of a row whose kernel remembers nothing and whose values need no bar before theirs.
#[macro_export]
macro_rules! stateless {
    ($kernel:expr) => {
        $crate::spec::Body::Kernel {
            warmup: |_| 0,
            memory: |_| $crate::spec::Memory::Bars(0),
            scalar: |_| Box::new($kernel),
            wide: |_| Box::new($kernel),
        }
    };
}
