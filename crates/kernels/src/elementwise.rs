//! Functions of one bar alone: no state, no history.

/// Declares a kernel that maps numbers to a number, bar by bar.
#[macro_export]
macro_rules! elementwise {
    ($kernel:ident<$lane:ident>($($x:ident),+) = $body:expr) => {
        #[derive(Clone, Copy)]
        struct $kernel;
        impl<$lane: $crate::lane::Lane> $crate::block::Kernel<$lane> for $kernel {
            fn run(
                &mut self,
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
            fn fork(&self) -> Box<dyn $crate::block::Kernel<$lane>> {
                Box::new(*self)
            }
        }
    };
}

/// The body of a row whose kernel has no state.
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
